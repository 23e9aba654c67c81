// The page's own labels in both languages. The chat's and the customers' words are shown as they come.

import { recall, remember } from "./memory.js";

const WORDS = {
  de: {
    demo: "Demo", language: "Sprache", theme: "Darstellung", auto: "System", light: "Hell", dark: "Dunkel", help: "Was ist das hier?",
    welcome: "zeitnah bringt Bewertungen nach Slack und Discord und eure Antworten zurück ins Portal. Drück an einer Karte auf „Antworten“ und sieh zu, wie die andere mitgeht.",
    dismiss: "Hinweis schließen", tryAnswer: "Bewertung beantworten", tryWrite: "Selbst eine schreiben", tryBreak: "Etwas kaputt machen", done: "erledigt",
    sides: "Ansicht", tools: "Uhr und Einstellungen", actAs: "Du bist",
    role_responder: "antwortet", role_admin: "Admin", role_approver: "gibt frei", role_viewer: "liest mit",
    chatHint: "So sieht es das Team.", discordHint: "Dieselben Fälle, eigene Konten.", sites: "Bewertungsportale", sitesHint: "Was die Kundschaft sieht.",
    channels: "Kanäle", slackChannels: "Kanäle in Slack", discordChannels: "Kanäle in Discord", slackThread: "Thread in Slack", discordThread: "Thread in Discord", messages: "Nachrichten", write: "Nachricht", writeThread: "Nachricht im Thread", send: "Senden", thread: "Thread",
    replies: "Antworten im Thread", close: "Schließen", threadClose: "Thread schließen", sayHint: "Nachricht oder /zeitnah …", threadHint: "Im Thread antworten",
    direct: "Direktnachrichten", apps: "Apps", home: "Home", homeEmpty: "Hier steht gleich, was dich betrifft.", chatAway: "Der Chat ist gerade nicht erreichbar. Die Seite versucht es weiter.",
    required: "Bitte fülle dieses Feld aus.", atLeast: (n) => `Bitte mindestens ${n} Zeichen.`, atMost: (n) => `Bitte höchstens ${n} Zeichen.`,
    noCommand: (name) => `${name.startsWith("/") ? name : `/${name}`} ist so kein Befehl. Beim Tippen siehst du, was es gibt.`, valueMissing: (name) => `Da fehlt noch etwas: ${name}`, buttonGone: "Den Knopf gibt es dort nicht mehr, die Karte ist inzwischen weiter.", mayNotWrite: "Hier kannst du nichts schreiben.",
    leavesIn: (n) => `geht in ${n} s raus`, discardTitle: "Text verwerfen?", discardText: "Was du hier geschrieben hast, wird nicht gesendet.", discard: "Verwerfen", keepWriting: "Weiterschreiben",
    onlyYou: "Nur für dich sichtbar", edited: "(bearbeitet)", deleted: "Nachricht gelöscht", archived: "archiviert", archivedSay: "Dieser Kanal ist archiviert.",
    replyCount: (n) => (n === 1 ? "1 Antwort" : `${n} Antworten`), newReplies: "neu", openThread: "Im Thread antworten", noMessages: "Noch keine Nachrichten. Die ersten Bewertungen kommen gleich.", noDirect: "Noch nichts. Hier steht, was nur dich betrifft.",
    notInThread: (command) => `${command} geht nicht in einem Thread. Schreib es in den Kanal.`, offers: "Vorschläge", sendOff: "Absenden", dismissOne: "Nachricht verwerfen", thinking: "zeitnah denkt nach …",
    used: (name) => `${name} hat einen Befehl benutzt`, replyGone: "Die Nachricht wurde gelöscht", messageCount: (n) => (n === 1 ? "1 Nachricht" : `${n} Nachrichten`),
    threadLocked: "Dieser Thread ist gesperrt.", threadAsleep: "Dieser Thread schläft. Wer schreibt, weckt ihn.",
    place_sites: "Portale", place_slack: "Slack", place_discord: "Discord", place_bot: "Bot",
    app: "App", more: "Weitere Aktionen", deleteOne: "Nachricht löschen", unhandled: "Die App hat nicht geantwortet. Drück in einem Moment noch einmal.",
    unread: (n) => (n === 1 ? "1 neue Nachricht" : `${n} neue Nachrichten`), newHere: "Neu", card: (n) => `Karte Nr. ${n}`, inRoom: (name) => `in ${name}`,
    writeOne: "Bewertung schreiben", place: "Wo", author: "Dein Name", authorName: "Kim Muster", kind: "Art", stars: "Sterne", text: "Text", textHint: "Was hast du erlebt?",
    publish: "Veröffentlichen", show: "Zeigen", allPlaces: "Alles hier", items: "Bewertungen und Fragen", review: "Bewertung", question: "Frage", comment: "Kommentar",
    comment: "Kommentar", mention: "Erwähnung", message: "Nachricht", noWords: "(ohne Text)", edit: "Ändern", remove: "Löschen", wholeText: "Ganzer Text", lessText: "Weniger", changed: "geändert",
    save: "Speichern", cancel: "Abbrechen", yes: "Ja", removed: "gelöscht", answerFrom: "Antwort vom Inhaber",
    average: (stars, n, answered) => `${stars} · ${n === 1 ? "1 Beitrag" : `${n} Beiträge`} · ${answered} beantwortet`, newAnswers: (n) => (n === 1 ? "1 neue Antwort" : `${n} neue Antworten`),
    PENDING: "wird geprüft, noch nicht sichtbar", APPROVED: "sichtbar", REJECTED: "abgelehnt, nicht sichtbar", published: "sichtbar",
    approve: "Freigeben", reject: "Ablehnen", puts: (n) => `${n}× gesendet`, publications: (n) => `${n}× veröffentlicht`, asPortal: "Als Portal:", asCustomer: "Als Verfasser:",
    starsOf: (n) => `${n} von 5 Sternen`, trouble: "Störungen", inject: "Auslösen", heal: "Alles heilen", moreFaults: "mehr …",
    troubleHint: "Was draußen schiefgehen kann. Die Störung trifft die nächsten Aufrufe des Bots.",
    where: "Wo", what: "Was", times: "Wie oft", archive: "Kanal archivieren", unarchive: "Kanal wiederherstellen",
    deleteLast: "Neueste Nachricht löschen", active: (n) => `${n} aktiv`, isActive: "aktiv", empty: "Hier ist noch nichts.", log: "Verlauf", gotoCard: (n) => `Zur Karte Nr. ${n}`,
    calmLine: "Hier steht in einem Satz, was gerade im Inneren geschah.", bot_up: "Bot läuft", bot_down: "Bot ist aus", bot_starting: "Bot startet",
    hour: "+1 Std.", day: "+1 Tag", nextDeadline: "Nächste Frist", nextAt: (at, n) => (n ? `${at}, Karte Nr. ${n}` : at), noDeadline: "Gerade läuft keine Frist.", advance: "Uhr vorstellen", optional: "(optional)",
    choose: "Auswählen", failed: "Das hat nicht geklappt", image: "Bild", today: "heute", yesterday: "gestern", tomorrow: "morgen",
    rate_limit: "Zu viele Aufrufe (429)", server_error: "Serverfehler (503)", answer_lost: "Antwort geht verloren",
    request_lost: "Anfrage geht verloren", slow: "Langsam (3 s)", unauthorized_once: "Anmeldung abgelaufen (401)",
    deny: "Verboten (403)", quota: "Kontingent erschöpft", disconnect_sockets: "Leitung bricht ab", invalid_session: "Sitzung verloren", deaf_socket: "Leitung verstummt",
    duplicate_delivery: "Druck kommt doppelt", lock_thread: "Thread gesperrt",
  },
  en: {
    demo: "Demo", language: "Language", theme: "Theme", auto: "System", light: "Light", dark: "Dark", help: "What is this?",
    welcome: "zeitnah brings reviews into Slack and Discord and your replies back to the review site. Press “Reply” on a card and watch the other one follow.",
    dismiss: "Close the note", tryAnswer: "Answer a review", tryWrite: "Be a customer", tryBreak: "Break something", done: "done",
    sides: "View", tools: "Clock and settings", actAs: "You are",
    role_responder: "replies", role_admin: "admin", role_approver: "approves", role_viewer: "reads along",
    chatHint: "What the team sees.", discordHint: "The same cases, other accounts.", sites: "Review sites", sitesHint: "What customers see.",
    channels: "Channels", slackChannels: "Channels in Slack", discordChannels: "Channels in Discord", slackThread: "Thread in Slack", discordThread: "Thread in Discord", messages: "Messages", write: "Message", writeThread: "Message in the thread", send: "Send", thread: "Thread",
    replies: "Replies in the thread", close: "Close", threadClose: "Close thread", sayHint: "Message or /zeitnah …", threadHint: "Reply in thread",
    direct: "Direct messages", apps: "Apps", home: "Home", homeEmpty: "What concerns you will stand here in a moment.", chatAway: "The chat cannot be reached right now. The page keeps trying.",
    required: "Please complete this required field.", atLeast: (n) => `Please enter at least ${n} characters.`, atMost: (n) => `Please enter no more than ${n} characters.`,
    noCommand: (name) => `${name.startsWith("/") ? name : `/${name}`} is no command like that. While you type you see what there is.`, valueMissing: (name) => `Something is missing: ${name}`, buttonGone: "That button is gone, the card has moved on.", mayNotWrite: "You cannot write here.",
    leavesIn: (n) => `goes out in ${n} s`, discardTitle: "Discard the text?", discardText: "What you wrote here is not sent.", discard: "Discard", keepWriting: "Keep writing",
    onlyYou: "Only visible to you", edited: "(edited)", deleted: "Message deleted", archived: "archived", archivedSay: "This channel is archived.",
    replyCount: (n) => (n === 1 ? "1 reply" : `${n} replies`), newReplies: "new", openThread: "Reply in thread", noMessages: "No messages yet. The first reviews are on their way.", noDirect: "Nothing yet. What concerns you alone comes here.",
    notInThread: (command) => `${command} does not work in a thread. Type it in the channel.`, offers: "Suggestions", sendOff: "Submit", dismissOne: "Dismiss message", thinking: "zeitnah is thinking …",
    used: (name) => `${name} used a command`, replyGone: "The message was deleted", messageCount: (n) => (n === 1 ? "1 message" : `${n} messages`),
    threadLocked: "This thread is locked.", threadAsleep: "This thread is asleep. Whoever writes wakes it.",
    place_sites: "Review sites", place_slack: "Slack", place_discord: "Discord", place_bot: "Bot",
    app: "App", more: "More actions", deleteOne: "Delete message", unhandled: "The app did not respond. Press again in a moment.",
    unread: (n) => (n === 1 ? "1 new message" : `${n} new messages`), newHere: "New", card: (n) => `Card no. ${n}`, inRoom: (name) => `in ${name}`,
    writeOne: "Write a review", place: "Where", author: "Your name", authorName: "Kim Sample", kind: "Kind", stars: "Stars", text: "Text", textHint: "What happened?",
    publish: "Publish", show: "Show", allPlaces: "Everything here", items: "Reviews and questions", review: "Review", question: "Question", comment: "Comment",
    comment: "Comment", mention: "Mention", message: "Message", noWords: "(no text)", edit: "Edit", remove: "Delete", wholeText: "Full text", lessText: "Less", changed: "edited",
    save: "Save", cancel: "Cancel", yes: "Yes", removed: "deleted", answerFrom: "Response from the owner",
    average: (stars, n, answered) => `${stars} · ${n === 1 ? "1 entry" : `${n} entries`} · ${answered} answered`, newAnswers: (n) => (n === 1 ? "1 new answer" : `${n} new answers`),
    PENDING: "in review, not visible yet", APPROVED: "visible", REJECTED: "rejected, not visible", published: "visible",
    approve: "Approve", reject: "Reject", puts: (n) => `sent ${n}×`, publications: (n) => `published ${n}×`, asPortal: "As the site:", asCustomer: "As the author:",
    starsOf: (n) => (n === 1 ? "1 of 5 stars" : `${n} of 5 stars`), trouble: "Faults", inject: "Inject", heal: "Heal all", moreFaults: "more …",
    troubleHint: "What can go wrong outside. A fault hits the bot's next calls.",
    where: "Where", what: "What", times: "How often", archive: "Archive channel", unarchive: "Unarchive channel",
    deleteLast: "Delete newest message", active: (n) => `${n} active`, isActive: "active", empty: "Nothing here yet.", log: "History", gotoCard: (n) => `To card no. ${n}`,
    calmLine: "One sentence here always says what just happened inside.", bot_up: "Bot is running", bot_down: "Bot is down", bot_starting: "Bot is starting",
    hour: "+1 h", day: "+1 day", nextDeadline: "Next deadline", nextAt: (at, n) => (n ? `${at}, card no. ${n}` : at), noDeadline: "No deadline is running.", advance: "Move the clock", optional: "(optional)",
    choose: "Choose", failed: "That did not work", image: "Image", today: "today", yesterday: "yesterday", tomorrow: "tomorrow",
    rate_limit: "Too many calls (429)", server_error: "Server error (503)", answer_lost: "Answer gets lost",
    request_lost: "Request gets lost", slow: "Slow (3 s)", unauthorized_once: "Sign-in expired (401)",
    deny: "Forbidden (403)", quota: "Quota used up", disconnect_sockets: "Line breaks", invalid_session: "Session lost", deaf_socket: "Line goes silent",
    duplicate_delivery: "Press arrives twice", lock_thread: "Thread locked",
  },
};

// Until somebody chooses, the first of the browser's languages that we speak; of the others most people read English.
const spoken = () => navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((name) => WORDS[name]) ?? "en";
let lang = WORDS[recall("lang")] ? recall("lang") : spoken();

export const language = () => lang;
// Both of them write the day first and the time in 24 hours, as the cards do.
export const locale = () => (lang === "de" ? "de-DE" : "en-GB");

export function speak(next) {
  lang = WORDS[next] ? next : spoken();
  remember("lang", lang);
  label();
}

export function label() {
  document.documentElement.lang = lang;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", word(node.dataset.label));
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = word(node.dataset.placeholder);
}

export function word(name, ...more) {
  const found = WORDS[lang][name];
  return typeof found === "function" ? found(...more) : (found ?? name);
}
