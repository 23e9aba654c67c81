// The page's own labels in both languages. The chat's and the customers' words are shown as they come.

const WORDS = {
  de: {
    demo: "Demo", language: "Sprache", chat: "Team-Chat", actAs: "Handeln als", shop: "Shop",
    chatHint: "So sieht es das Team.", sites: "Bewertungsportale", sitesHint: "So sehen es Kundinnen und Kunden.",
    channels: "Kanäle", messages: "Nachrichten", write: "Nachricht", send: "Senden", thread: "Thread",
    replies: "Antworten im Thread", close: "Schließen", sayHint: "Nachricht oder /zeitnah …", threadHint: "Im Thread antworten",
    direct: "Direktnachrichten", slackAway: "Der Chat ist gerade nicht erreichbar. Die Seite versucht es weiter.",
    onlyYou: "Nur für dich sichtbar", edited: "(bearbeitet)", deleted: "Nachricht gelöscht", archived: "archiviert",
    replyCount: (n) => (n === 1 ? "1 Antwort" : `${n} Antworten`), openThread: "Im Thread antworten", noMessages: "Noch keine Nachrichten.",
    app: "App", more: "Weitere Aktionen", deleteOne: "Nachricht löschen", unhandled: "Die App hat nicht geantwortet.",
    writeOne: "Bewertung oder Frage schreiben", place: "Wo", author: "Name", kind: "Art", stars: "Sterne", text: "Text",
    publish: "Veröffentlichen", show: "Zeigen", all: "alles", review: "Bewertung", question: "Frage",
    comment: "Kommentar", mention: "Erwähnung", message: "Nachricht", noWords: "(ohne Text)", edit: "Bearbeiten", remove: "Löschen",
    save: "Speichern", cancel: "Abbrechen", removed: "gelöscht", answerFrom: "Antwort des Inhabers",
    PENDING: "wird geprüft, noch nicht sichtbar", APPROVED: "sichtbar", REJECTED: "abgelehnt, nicht sichtbar", published: "veröffentlicht",
    approve: "Freigeben", reject: "Ablehnen", puts: (n) => `${n}× gesendet`, publications: (n) => `${n}× veröffentlicht`,
    starsOf: (n) => `${n} von 5 Sternen`, trouble: "Störungen", inject: "Auslösen", heal: "Alles heilen",
    troubleHint: "Was draußen schiefgehen kann. Die Störung trifft die nächsten Aufrufe des Bots.",
    where: "Wo", what: "Was", times: "Wie oft", archive: "Kanal archivieren", unarchive: "Kanal wiederherstellen",
    deleteLast: "Neueste Nachricht löschen", active: (n) => `${n} aktiv`, empty: "Hier ist noch nichts.", log: "Verlauf",
    hour: "+1 Std.", fourHours: "+4 Std.", day: "+1 Tag", advance: "Uhr vorstellen", optional: "(optional)",
    choose: "Auswählen", nothing: "–", failed: "Das hat nicht geklappt", image: "Bild", today: "heute", yesterday: "gestern", tomorrow: "morgen",
    rate_limit: "Zu viele Aufrufe (429)", server_error: "Serverfehler (503)", answer_lost: "Antwort geht verloren",
    request_lost: "Anfrage geht verloren", slow: "Langsam (3 s)", unauthorized_once: "Anmeldung abgelaufen (401)",
    deny: "Verboten (403)", quota: "Kontingent erschöpft",
  },
  en: {
    demo: "Demo", language: "Language", chat: "Team chat", actAs: "Act as", shop: "Shop",
    chatHint: "What the team sees.", sites: "Review sites", sitesHint: "What customers see.",
    channels: "Channels", messages: "Messages", write: "Message", send: "Send", thread: "Thread",
    replies: "Replies in the thread", close: "Close", sayHint: "Message or /zeitnah …", threadHint: "Reply in thread",
    direct: "Direct messages", slackAway: "The chat cannot be reached right now. The page keeps trying.",
    onlyYou: "Only visible to you", edited: "(edited)", deleted: "Message deleted", archived: "archived",
    replyCount: (n) => (n === 1 ? "1 reply" : `${n} replies`), openThread: "Reply in thread", noMessages: "No messages yet.",
    app: "App", more: "More actions", deleteOne: "Delete message", unhandled: "The app did not respond.",
    writeOne: "Write a review or a question", place: "Where", author: "Name", kind: "Kind", stars: "Stars", text: "Text",
    publish: "Publish", show: "Show", all: "everything", review: "Review", question: "Question",
    comment: "Comment", mention: "Mention", message: "Message", noWords: "(no text)", edit: "Edit", remove: "Delete",
    save: "Save", cancel: "Cancel", removed: "deleted", answerFrom: "Response from the owner",
    PENDING: "in review, not visible yet", APPROVED: "visible", REJECTED: "rejected, not visible", published: "published",
    approve: "Approve", reject: "Reject", puts: (n) => `sent ${n}×`, publications: (n) => `published ${n}×`,
    starsOf: (n) => `${n} of 5 stars`, trouble: "Faults", inject: "Inject", heal: "Heal everything",
    troubleHint: "What can go wrong outside. A fault hits the bot's next calls.",
    where: "Where", what: "What", times: "How often", archive: "Archive channel", unarchive: "Unarchive channel",
    deleteLast: "Delete newest message", active: (n) => `${n} active`, empty: "Nothing here yet.", log: "Log",
    hour: "+1 h", fourHours: "+4 h", day: "+1 day", advance: "Move the clock", optional: "(optional)",
    choose: "Choose", nothing: "–", failed: "That did not work", image: "Image", today: "today", yesterday: "yesterday", tomorrow: "tomorrow",
    rate_limit: "Too many calls (429)", server_error: "Server error (503)", answer_lost: "Answer gets lost",
    request_lost: "Request gets lost", slow: "Slow (3 s)", unauthorized_once: "Sign-in expired (401)",
    deny: "Forbidden (403)", quota: "Quota used up",
  },
};

let lang = localStorage.getItem("lang") || (navigator.language.startsWith("de") ? "de" : "en");

export const language = () => lang;

export function speak(next) {
  lang = WORDS[next] ? next : "en";
  localStorage.setItem("lang", lang);
  document.documentElement.lang = lang;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", word(node.dataset.label));
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = word(node.dataset.placeholder);
}

export function word(name, ...more) {
  const found = WORDS[lang][name];
  return typeof found === "function" ? found(...more) : (found ?? name);
}
