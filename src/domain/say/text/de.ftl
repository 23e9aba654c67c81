# Ton: kurz, freundlich, genau; was geschah, was es heißt, was jetzt. Keine Schuld, keine Ausrufezeichen.
# Dieselben Schlüssel und Werte wie en.ftl; ein Test hält beide zusammen.

## Wörter
tone-praise = Lob
tone-suggestion = Vorschlag
tone-complaint = Kritik
tone-question = Frage
tone-neutral = Beitrag
language-de = Deutsch
language-en = Englisch
language-fr = Französisch
language-it = Italienisch
language-es = Spanisch
language-nl = Niederländisch
language-pl = Polnisch
language-pt = Portugiesisch
language-tr = Türkisch
language-cs = Tschechisch
language-da = Dänisch
language-sv = Schwedisch
language-ru = Russisch
language-uk = Ukrainisch
language-ar = Arabisch
weekday-0 = Mo
weekday-1 = Di
weekday-2 = Mi
weekday-3 = Do
weekday-4 = Fr
weekday-5 = Sa
weekday-6 = So
span-days = { $n ->
    [one] 1 Tag
   *[other] { $n } Tage
}
span-hours = { $n } Std.
span-minutes = { $n } Min.
span-none = weniger als 1 Min.
schedule-daily = täglich
schedule-workdays = werktags
schedule-weekend = am Wochenende
schedule-month = am { $dates } des Monats
schedule-minutes = { $n ->
    [one] jede Minute
   *[other] alle { $n } Minuten
}
schedule-hourly = { $minute ->
    [0] zu jeder vollen Stunde
   *[other] stündlich, { $minute } Minuten nach voll
}
schedule-own = nach eigenem Plan
reason-no_need = kein Handlungsbedarf
reason-elsewhere = anderweitig beantwortet
reason-spam = Spam
reason-duplicate = Dublette
reason-other = anderer Grund
reason-past = älterer Beitrag
role-viewer = Lesen
role-responder = Antworten
role-approver = Freigeben
role-admin = Admin

## Karte
no-text = (ohne Text)
stars = { $n } von 5 Sternen
anonymous = anonym
whole-text = … ganzer Text: { $count } Zeichen
who-author = von { $name }
who-published = geschrieben { $at }
who-edited = geändert { $at }
who-language = { $language }
who-votes = { $up ->
    [one] 1 findet das hilfreich
   *[other] { $up } finden das hilfreich
}
who-verified = geprüfter Kauf
who-order = Bestellung { $order }
who-version = Version { $version }
who-device = { $device }
who-country = Land { $country }
who-number = Nr. { $number }

state-open = Antwort bis { $due } · frei
state-open-endless = Offen · frei
state-overdue = ⚠ Überfällig seit { $due } · niemand ist dran
state-overdue-claimed = ⚠ Überfällig seit { $due } · { $name } ist dran (bis { $until })
state-claimed = Antwort bis { $due } · { $name } ist dran (bis { $until })
state-claimed-endless = { $name } ist dran (bis { $until })
state-offered = Antwort bis { $due } · { $name } gibt ab, bitte bis { $until } annehmen
state-offered-endless = { $name } gibt ab, bitte bis { $until } annehmen
state-given = Antwort bis { $due } · { $name } gibt an { $to } weiter, bitte bis { $until } annehmen
state-given-endless = { $name } gibt an { $to } weiter, bitte bis { $until } annehmen
state-snoozed = ⏸ Zurückgestellt bis { $until } von { $name }
state-snoozed-why = ⏸ Zurückgestellt bis { $until } von { $name } – „{ $why }“
state-queued = ⏳ Antwort von { $name } geht gleich raus · zurückholen bis { $until }
state-sending = ⏳ Antwort von { $name } wird an { $source } gesendet
state-pending = ⏳ Gesendet { $at } – { $source } prüft die Antwort
state-answered = ✔ Beantwortet von { $name } { $at }
state-answered-elsewhere = ✔ Bei { $source } beantwortet { $at }
state-answered-after = { " " }· nach { $span }
state-kept = { " " }· Frist gehalten
state-missed = { " " }· nach der Frist
state-handled = ✔ Erledigt von { $name } { $at }: { $reason }
state-handled-note = ✔ Erledigt von { $name } { $at }: { $reason } – „{ $note }“
state-past = ✔ Kam mit einer Datei: nichts offen
state-rejected = ✖ { $source } hat die Antwort abgelehnt: { $why }
state-rejected-silent = ✖ { $source } hat die Antwort nicht veröffentlicht und keinen Grund genannt
state-failed = ✖ Die Antwort konnte bei { $source } nicht veröffentlicht werden. Meldung: „{ $why }“
state-failed-silent = ✖ Die Antwort konnte bei { $source } nicht veröffentlicht werden; warum, sagt { $source } nicht
state-unknown = ? Unklar, ob die Antwort angekommen ist: nachgesehen, nicht gefunden. Bitte sieh selbst nach und entscheide; von selbst wird sie nicht noch einmal gesendet.
state-removed = ⌫ Bei { $source } gelöscht { $at }
state-escalated = { " " }· eskaliert an { $to }
state-urgent = ‼ Dringend ·{ " " }
state-personal = { " " }· persönlich für { $name }
state-then-stands = { " " }· so lange läuft keine Frist
state-then-due = { " " }· Antwort bis { $due }
state-then-overdue = { " " }· ⚠ überfällig seit { $due }
state-edited = { " " }· Beitrag wurde geändert

button-reply = Antworten
button-write-on = Weiterschreiben
button-write-again = Neu schreiben
button-take = Übernehmen
button-take-number = Übernehmen: Nr. { $number }
button-reply-number = Antworten auf Nr. { $number }
button-oldest = Den ältesten nehmen
button-list-open = Ganze Liste öffnen
button-list-overdue = Überfällige zeigen
button-list-folded = Zusammengefasste zeigen
button-list-mine = Alle meine zeigen
button-everywhere = In allen Kanälen zeigen
button-here = Nur diesen Kanal zeigen
button-find-everywhere = In allen Kanälen suchen
button-full-number = Ganzer Text von Nr. { $number }
button-page-back = ‹ Zurück
button-page-on = Weiter ›
button-quiet-on = Ruhezeit { $hours }
button-quiet-off = Ruhezeit aufheben
button-speak = Auf Deutsch
button-daily-on = Tägliche Zahlen an mich
button-daily-off = Keine täglichen Zahlen mehr
button-seen = Gesehen
button-accept = Annehmen
button-release = Zurückgeben
button-escalate = Eskalieren
button-handled = Erledigt
button-snooze = Zurückstellen
button-give = Weitergeben
button-full = Ganzer Text
button-why = Warum diese Frist?
button-more = Weitere Aktionen
button-open-at = Bei { $source } öffnen
button-undo = Antwort zurückholen
button-view = Antwort ansehen
button-change = Antwort ändern
button-reopen = Wieder öffnen
button-there = Sie ist da
button-again = Noch einmal senden
button-copy = Text kopieren
confirm-again-title = Noch einmal senden?
confirm-again-text = Sieh zuerst bei { $source } nach. Steht die Antwort schon dort, wäre sie danach doppelt öffentlich.
confirm-again-ours = { " " }Gesendet würde: „{ $words }“
confirm-again-yes = Noch einmal senden
confirm-no = Abbrechen

## Formulare
form-close = Schließen
form-cancel = Abbrechen
form-reply-title = Antworten
form-change-title = Antwort ändern
form-reply-submit = Vorschau
form-reply-label = Deine Antwort
form-reply-hint = Höchstens { $max } Zeichen; öffentlich sichtbar bei { $source }
form-reply-hint-about = Höchstens etwa { $max } Zeichen; öffentlich sichtbar bei { $source }
form-reply-hint-free = Öffentlich sichtbar bei { $source }
form-reply-placeholder = Persönlich, hilfreich, mit deinem Namen
form-reply-taken = { $name } ist gerade dran (bis { $until }). Mit der Vorschau übernimmst du.
form-reply-edited = ⚠ Der Beitrag wurde geändert, seit dieser Entwurf entstand. Bitte lies ihn noch einmal.
form-before = Vorher:
form-before-stars = Vorher: { $head }
form-now = Jetzt:
form-reply-rejected = { $source } hat den letzten Text abgelehnt: { $why }
form-reply-rejected-silent = { $source } hat den letzten Text nicht veröffentlicht und keinen Grund genannt.
form-preview-title = Vorschau
form-preview-submit = Senden
form-preview-back = Zurück
form-preview-changed = ⚠ Der Beitrag wurde geändert, seit du ihn gelesen hast. Passt deine Antwort noch?
form-preview-again-title = Trotzdem senden?
form-preview-again = ⚠ Noch ist nichts gesendet: Der Beitrag wurde geändert, seit du ihn gelesen hast. Lies bitte beides und entscheide dann.
form-preview-anyway = Trotzdem senden
reply-as = So steht es dann öffentlich bei { $source }, als Antwort von { $name }:
form-preview-length = { $count } von { $max } Zeichen
form-preview-length-about = { $count } Zeichen; Platz ist für etwa { $max }.
form-preview-bytes = { $source } zählt in Bytes: { $count } von { $max }. Umlaute zählen doppelt, Emojis vierfach.
form-preview-length-free = { $count } Zeichen
form-preview-undo = Nach dem Senden hast du { $seconds } Sekunden Zeit, die Antwort zurückzuholen.
form-by-hand-title = Dort antworten
form-by-hand-how = So kommt deine Antwort hin: Text kopieren, { $link } öffnen, dort einfügen und abschicken. Danach hier „Dort geantwortet“ drücken.
form-by-hand-submit = Dort geantwortet
form-preview-moderated = { $source } prüft Antworten, bevor sie sichtbar werden. Die Karte zeigt, wann es so weit ist.
warn-link = Enthält einen Kurzlink; das sieht für manche nach Spam aus.
warn-phone = Enthält eine Telefonnummer; { $source } lehnt solche Antworten oft ab.
warn-placeholder = Enthält einen Platzhalter: { $found }
form-escalate-title = Eskalieren
form-escalate-submit = Eskalieren
form-escalate-to = An wen
form-escalate-why = Warum
form-escalate-why-hint = Eine Zeile; sie steht in der Nachricht an das Team.
form-handled-title = Erledigt
form-handled-submit = Erledigt
form-handled-why = Warum braucht das keine Antwort von uns?
form-handled-note = Notiz
form-snooze-title = Zurückstellen
form-snooze-submit = Zurückstellen
form-snooze-until = Bis wann
form-snooze-evening = heute Abend (18:00)
form-snooze-morning = morgen früh (9:00)
form-snooze-workday = am nächsten Arbeitstag ({ $at })
form-snooze-monday = Montag früh (9:00)
form-snooze-date = an diesem Tag (9:00)
form-snooze-day = Tag
form-snooze-waits = Worauf wartet ihr?
form-snooze-waits-us = Auf etwas bei uns – die Frist läuft weiter
form-snooze-waits-customer = Auf eine Rückmeldung der Kundschaft – die Uhr steht so lange
form-snooze-why = Warum
form-snooze-due = Antwort bis { $due }: Diese Frist bleibt, auch während der Beitrag zurückgestellt ist.
form-snooze-due-unless = Antwort bis { $due }: Diese Frist bleibt, außer ihr wartet auf die Kundschaft.
form-snooze-overdue = Die Frist ({ $due }) ist schon vorbei; das bleibt so, auch während der Beitrag zurückgestellt ist.
form-snooze-late = { " " }– nach der Frist
form-give-title = Weitergeben
form-give-submit = Weitergeben
form-give-how = Wen du wählst, wird gleich gerufen. Bis er angenommen ist, liegt der Beitrag bei dir, höchstens { $n } Min.; danach ist er frei.
form-give-to = An wen
form-give-why = Was man dazu wissen muss
form-full-title = Ganzer Text
form-why-title = Warum diese Frist?
form-view-title = Antwort
form-copy-title = Text kopieren
form-copy-say = Markiere den Text und kopiere ihn; antworten kannst du bei { $source }.
fault-too-long = { $over } Zeichen zu lang für { $source } ({ $count } von { $max }). Dein Text ist gespeichert.
fault-too-long-bytes = { $over } Zeichen zu lang für { $source }. Dort zählen Bytes: { $count } von { $max }; Umlaute zählen doppelt, Emojis vierfach. Dein Text ist gespeichert.
fault-empty = Hier fehlt noch ein Text.
fault-choose = Bitte etwas auswählen.
fault-past = Dieser Zeitpunkt ist schon vorbei.
fault-later = Das ging gerade nicht, dein Text ist noch hier. Bitte in einer Minute noch einmal drücken.

## Private Sätze
refused-taken = { $name } ist gerade dran (bis { $until }). Drück auf Antworten, wenn du trotzdem übernehmen willst.
refused-answered = { $name } war schneller: beantwortet { $at }. Die Karte ist jetzt aktuell.
refused-answered-elsewhere = Das wurde { $at } schon direkt bei { $source } beantwortet. Die Karte ist jetzt aktuell.
refused-handled = { $name } war schneller: erledigt { $at }. Die Karte ist jetzt aktuell.
refused-past = Der Beitrag kam mit einer Datei und ist abgeschlossen. „Wieder öffnen“ holt ihn zurück.
refused-removed = Der Beitrag wurde { $at } bei { $source } gelöscht. Es gibt nichts mehr zu beantworten.
refused-text-kept = { " " }Dein Text ist gespeichert und steht wieder im Formular, wenn noch eine Antwort gebraucht wird.
refused-on-its-way = Eine Antwort von { $name } ist schon unterwegs. Die Karte zeigt, wie es ausgeht.
refused-on-its-way-mine = Deine Antwort ist schon unterwegs. Die Karte zeigt, wie es ausgeht.
refused-nothing = Hier gibt es gerade nichts zurückzuholen oder zu ändern. Die Karte ist jetzt aktuell.
refused-give-self = Dir selbst kannst du nichts weitergeben. Drück auf Übernehmen.
refused-give-nobody = Außer dir kenne ich hier noch niemanden mit dem Recht „Antworten“.
refused-give-right = { $name } hat hier nicht das Recht „Antworten“. Es bleibt, wie es ist; /zeitnah give { $number } zeigt, an wen du weitergeben kannst.
refused-give-unknown = „{ $typed }“ kenne ich hier nicht. Es bleibt, wie es ist; /zeitnah give { $number } zeigt, an wen du weitergeben kannst.
refused-give-many = „{ $typed }“ passt auf mehrere: { $who }. Schreib bitte den ganzen Namen.
refused-give-quiet = { $name } hat Ruhezeit und wird erst ab { $until } gerufen. Gib den Beitrag an jemand anderen weiter, oder stell ihn zurück.
refused-nothing-to-see = Hier läuft keine Eskalation, die warten könnte.
quiet-is = Du wirst nicht gerufen: { $hours } ({ $zone }).
quiet-is-usual = Hier wird niemand gerufen: { $hours } ({ $zone }). Für dich selbst ist nichts eingestellt.
quiet-none = Du hast keine Ruhezeit. Zum Beispiel: /zeitnah quiet 20:00-07:00
quiet-set = Gut. Du wirst nicht mehr gerufen: { $hours } ({ $zone }). Was dann noch wartet, kommt danach in einer Nachricht.
quiet-off = Gut. Du hast keine eigene Ruhezeit mehr.
quiet-odd = „{ $typed }“ sind keine Uhrzeiten. Schreib zum Beispiel: /zeitnah quiet 20:00-07:00
quiet-odd-zone = Die Zeitzone „{ $zone }“ kenne ich nicht. Schreib sie wie Europe/Berlin, oder lass sie weg.
zone-is = Dein Tag geht nach der Uhr von { $zone }. Ändern: /zeitnah quiet Europe/Lisbon
zone-set = Gut. Deine Ruhezeiten und deine täglichen Zahlen gehen jetzt nach der Uhr von { $zone }.
zone-off = Gut. Für dich gilt wieder die Uhr deines Profils, oder die des Kanals: { $zone }.
speak-is = Mit dir allein spreche ich Deutsch.
speak-follows = Mit dir allein spreche ich wie der Kanal, in dem du zuletzt warst: Deutsch.
speak-set = Gut. Was nur du liest, kommt ab jetzt auf Deutsch. In den Kanälen bleibt alles, wie es ist.
daily-is = Die Zahlen von { $channel } bekommst du täglich um { $hours } ({ $zone }) direkt, wenn es etwas gibt.
daily-none = Die täglichen Zahlen kannst du auch direkt bekommen, um { $hours }.
daily-set = Gut. Die Zahlen von { $channel } kommen täglich um { $hours } ({ $zone }) direkt zu dir: um acht, oder wenn deine Ruhezeit länger dauert, an deren Ende. Gibt es nichts, kommt nichts.
daily-off = Gut. Die täglichen Zahlen kommen nicht mehr direkt zu dir.
digest-closed = Die Zahlen von { $channel } kann ich dir nicht direkt schicken, weil du keine Direktnachrichten von mir annimmst. Erlaube sie in deinen Einstellungen, dann kommen die nächsten wieder. Bis dahin zeigt sie dir /zeitnah digest.

settings-title = Das gilt gerade:
settings-route = Wohin eine Quelle kommt (route): { $values }
settings-deadline = Frist (deadline): { $values }
settings-language = Sprache eines Kanals (language): { $values }
settings-digest = Zusammenfassung (digest): { $values }
settings-how = Ändern: /zeitnah settings deadline default 8h · ebenso route QUELLE KANAL, language KANAL de, digest NAME 08:30. Zurück zur Datei: /zeitnah settings reset deadline default, oder reset all.
settings-none = Im Chat ist bisher nichts umgestellt, es gilt die Datei.
settings-lately = Zuletzt umgestellt:
settings-line = { $at }: { $name } hat { $key } auf { $after } gestellt.
settings-line-reset = { $at }: { $name } hat { $key } auf die Datei zurückgestellt.
settings-set = Gut, das gilt ab jetzt. { $key }: { $before } → { $after }
settings-then-route = Was schon da ist, bleibt, wo es ist.
settings-then-deadline = Offene Fristen werden neu gerechnet.
settings-then-language = Karten, auf denen etwas offen ist, folgen in den nächsten Minuten; alle anderen, sobald sich daran etwas ändert.
settings-then-digest = Die nächste kommt { $at }.
settings-same = { $key } steht schon auf { $after }. Es bleibt so.
settings-unset = { $key } ist im Chat nicht umgestellt. Es gilt die Datei: { $after }
settings-refused = So geht es noch nicht, und es bleibt alles, wie es war. Es liegt an { $key }:
settings-fault = Die Prüfung der Datei sagt es auf Englisch: „{ $what }; { $remedy }“
settings-fault-name-route = Eine Quelle „{ $name }“ gibt es nicht. Es gibt: { $all }
settings-fault-name-deadline = Einen Weg „{ $name }“ mit einer Frist gibt es nicht. Es gibt: { $all }
settings-fault-name-language = Einen Kanal „{ $name }“ gibt es nicht. Es gibt: { $all }
settings-fault-name-digest = Eine Zusammenfassung „{ $name }“ gibt es nicht. Es gibt: { $all }
settings-fault-channel = Einen Kanal „{ $name }“ gibt es nicht. Es gibt: { $all }
settings-fault-span = „{ $typed }“ ist keine Frist. Schreib sie wie 90m, 24h, 2d oder 1d12h, höchstens ein Jahr; none heißt: keine.
settings-fault-language = „{ $typed }“ spreche ich nicht. Es gibt: de, en
settings-fault-time = „{ $typed }“ ist weder eine Uhrzeit noch ein Zeitplan. Schreib zum Beispiel 08:30, oder fünf Felder für Minute, Stunde, Tag, Monat und Wochentag: 30 8 * * 1-5
settings-fault-often = „{ $name }“ kommt mehrmals am Tag. Schreib dann alle fünf Felder, zum Beispiel: 30 8,16 * * 1-5
settings-fault-policy = Der Weg „{ $name }“ verspricht, was eine gemeinsame Regel (policy) sagt. Stell sie dort um, dann gilt es für alle Wege mit ihr: { $all }
settings-fault-warn = Mit „{ $typed }“ käme eine Erinnerung, die in der Datei steht (warn), vor dem Beginn der Frist. Nimm eine längere Frist, oder ändere die Erinnerung in der Datei.
settings-fault-never = „{ $typed }“ kommt nie. Schreib zum Beispiel 08:30, oder fünf Felder wie 30 8 * * 1-5
settings-fault-twice = „{ $typed }“ geht so nicht: Jeder Kanal steht einmal darin, und mindestens einer.
settings-fault-hangs = { $key } hängt daran. Stell zuerst das zurück: /zeitnah settings reset { $key }
settings-note = Gut zu wissen, die Prüfung der Datei sagt es auf Englisch: „{ $what }; { $remedy }“
settings-left-out = { $key } gilt nicht mehr, seit die Datei geändert wurde. Die Prüfung sagt es auf Englisch: „{ $what }“
settings-odd = „{ $typed }“ kenne ich nicht.
settings-not-here = Hier lässt sich im Chat nichts umstellen. Es gilt die Konfigurationsdatei.
refused-no-reply = { $source } nimmt über uns keine Antworten an. Öffne den Beitrag dort.
refused-stale = Das hat sich inzwischen geändert. Die Karte ist jetzt aktuell.
refused-right = Dafür brauchst du hier das Recht „{ $role }“. Das haben: { $who }. Fehlt dir das zu Unrecht, kann euer Admin es dir geben.
refused-right-nobody = Dafür brauchst du hier das Recht „{ $role }“. Euer Admin kann es dir geben.
who-room = alle im Kanal „{ $channel }“
who-room-elsewhere = alle in einem eigenen Kanal
refused-outsider = Dieser Kanal ist mit eurer Firma geteilt; antworten kann hier nur das Team, dem er gehört.
refused-unknown-item = Eine Nr. { $number } gibt es nicht. /zeitnah open zeigt, was offen ist.
refused-target = Es ist noch niemand eingerichtet, an den du eskalieren kannst. Euer Admin trägt das unter [[escalation]] ein.
told-press-again = Das ging gerade nicht, nichts ist verloren. Bitte in einer Minute noch einmal drücken.
told-not-understood = Das habe ich nicht verstanden. /zeitnah help zeigt, was geht.
told-open-at = Hier geht es zum Beitrag: { $link }
told-card-late = Die Karte zeigt es erst ab { $until }: alte Nachrichten darf ich hier nur selten ändern. Es gilt schon jetzt.
told-no-link = Zu diesem Beitrag gibt es keinen Link.
told-closed = In „{ $channel }“ kann ich gerade nichts zeigen. Mir fehlen dort Rechte, oder den Kanal gibt es nicht mehr; der Chat meldet: „{ $why }“. Sobald es wieder geht, hole ich alles nach.
told-source-unanswered = { $source } antwortet uns seit { $at } nicht. Ich versuche es weiter; neue Beiträge kommen, sobald es wieder geht.
told-source-refused = { $source } lässt uns seit { $at } nicht mehr lesen. Meist ist ein Zugang abgelaufen oder entzogen worden. Wer zeitnah betreut, sieht mit „zeitnah check“, welcher es ist und was hilft.
told-source-unreadable = { $source } kann ich seit { $at } nicht lesen, obwohl die Seite antwortet. Wer zeitnah betreut, sieht mit „zeitnah check“, woran es liegt und was hilft.
told-source-again = { $source } kann ich wieder lesen. Was inzwischen geschrieben wurde, kommt jetzt.
told-source-silent = Von { $source } kam seit { $at } nichts mehr. So lange war dort noch nie Ruhe, sonst höchstens { $span } lang. Von hier aus sieht alles gut aus, vielleicht schreibt nur niemand. Schau bitte einmal dort nach.
told-done = Gut. Die Karte zeigt, wie es weitergeht.
told-oldest = { $link } ist jetzt deiner.
told-oldest-mine = { $link } hast du schon. Wenn der fertig ist, kommt der nächste.
told-oldest-none = Hier ist gerade nichts frei: Alles ist übernommen oder zurückgestellt.
told-cancelled = Abgebrochen. Nichts wurde gesendet.
told-your-text = Dein Text ist hier, er ist nicht verloren:
told-no-direct = Für dich gibt es eine private Nachricht, aber du nimmst keine Direktnachrichten an. Drück noch einmal, oder erlaube sie für diesen Server.
told-wait = Einen Moment …
told-source-away = { $source } antwortet gerade nicht. Deine Antwort ist gespeichert und geht raus, sobald es geht.

## Befehle
help-title = So geht es:
help-open = /zeitnah open · was in diesem Kanal offen ist
help-mine = /zeitnah mine · was du übernommen hast
help-overdue = /zeitnah overdue · was in diesem Kanal überfällig ist
help-home = /zeitnah home · was du hast, wie es im Team steht, was du eingestellt hast
help-find = /zeitnah find Akku · suchen, auch mit Tippfehlern
help-item = /zeitnah item 42 · einen Beitrag zeigen
help-stats = /zeitnah digest · die Zahlen seit der letzten Zusammenfassung, und wer wie viel hat; stats 30 · der letzten 30 Tage
help-sources = /zeitnah sources · wie es den Quellen geht
help-quiet = /zeitnah quiet 20:00-07:00 · wann du nicht gerufen werden willst; off hebt es auf
help-zone = /zeitnah quiet Europe/Lisbon · nach welcher Uhr du lebst; quiet zone off nimmt wieder die deines Profils
help-settings = /zeitnah settings · was eingestellt ist; Admins ändern es dort
help-give = /zeitnah give 42 @ben · einen Beitrag weitergeben
help-verbs = /zeitnah reply 42 · antworten; ebenso take (übernehmen), release (zurückgeben), escalate (eskalieren), handled (erledigt), snooze (zurückstellen), undo (zurückholen), full, why, change, reopen. take, release und reopen gehen auch mit mehreren: take 41 42
help-unknown = „{ $word }“ kenne ich nicht.
help-leftover = „{ $odd }“ gehört hier nicht hin, darum ist nichts passiert. Schreib: /zeitnah { $good }
help-one-only = „{ $command }“ geht nur mit einer Nummer auf einmal, darum ist nichts passiert. Schreib: /zeitnah { $command } { $number }
numbers-odd-days = „{ $typed }“ ist keine Zahl von Tagen. Schreib eine von 1 bis { $most }, zum Beispiel: /zeitnah stats 7
several-number = { "Nr. " }{ $number }:{ " " }
several-take = jetzt deiner.
several-release = zurückgegeben, wieder frei.
several-reopen = wieder offen.
several-seen = gesehen, die Eskalation wartet.
several-undo = Antwort zurückgeholt.
help-no-number = „{ $word }“: Welche Nummer? Sie steht auf der Karte, zum Beispiel: /zeitnah take 42
command-about = Bewertungen und Fragen der Kundschaft
command-open = Was offen ist
command-mine = Was du gerade hast
command-quiet = Wann du nicht gerufen werden willst
command-settings = Was eingestellt ist, und es ändern (für Admins)
command-setting = Zum Beispiel: deadline default 8h. Leer zeigt, was gilt.
command-hours = Zum Beispiel 20:00-07:00, auch mit Zeitzone; off hebt es auf
command-seen = Gesehen: Die Eskalation wartet so lange auf dich
command-overdue = Was überfällig ist
command-home = Was dich betrifft: deine Beiträge, dein Team, deine Einstellungen
command-find = Beiträge suchen
command-item = Einen Beitrag zeigen
command-stats = Zahlen der letzten Tage
command-digest = Zahlen seit der letzten Zusammenfassung
command-sources = Wie es den Quellen geht
command-words = Wörter aus dem Beitrag, Name oder Produkt
command-days = Wie viele Tage, sonst sieben
command-help = Wie es geht
command-number = Nummer auf der Karte, oder ein Wort daraus
command-reply = Antworten
command-take = Übernehmen
command-release = Zurückgeben
command-escalate = Um Hilfe bitten
command-handled = Ohne Antwort erledigen
command-snooze = Zurückstellen
command-give = An jemanden aus dem Team weitergeben
command-person = Wer den Beitrag bekommt; leer zeigt die Auswahl
command-undo = Die Antwort zurückholen, solange es geht
command-change = Die veröffentlichte Antwort ändern
command-reopen = Wieder öffnen
command-full = Den ganzen Text lesen
command-why = Warum diese Frist gilt
command-view = Unsere Antwort ansehen
command-open-at = Den Link zum Beitrag zeigen
command-copy = Den Text zum Kopieren zeigen
find-found = Zu „{ $words }“ in { $where }:
find-similar = Genau „{ $words }“ steht nicht in { $where }. Ähnlich geschrieben:
find-nothing = Zu „{ $words }“ gibt es in { $where } nichts, auch nichts Ähnliches. Versuch es mit einem anderen Wort.
find-what = Wonach soll ich suchen? Zum Beispiel: /zeitnah find Akku
find-more = Es gibt mehr. Ein weiteres Wort grenzt es ein.
find-over = Diese Seite gehört zu einer früheren Suche, die nicht mehr da ist. Such bitte noch einmal: /zeitnah find Akku
find-line = { $at } · { $number } · { $about } · { $state }
find-line-ours = { $at } · { $number } · { $state } · in unserer Antwort: „{ $words }“
find-who = { " " }· von { $name }
find-about = { " " }· zu { $subject }
find-order = { " " }· Bestellung { $order }
found-open = offen
found-claimed = übernommen
found-snoozed = zurückgestellt
found-answered = beantwortet
found-handled = erledigt
found-removed = an der Quelle gelöscht
item-head = { $link }
sources-title = Quellen:
sources-none = Es ist keine Quelle eingerichtet.
source-read = { $source } · zuletzt gelesen { $at }
source-waits = { $source } · schickt uns Beiträge, wenn es neue gibt
source-trouble = ⚠ { $source } · antwortet seit { $at } nicht, wird weiter versucht
source-trouble-ever = ⚠ { $source } · hat noch nie geantwortet, wird weiter versucht
numbers-where = Zahlen gibt es je Kanal. Tipp das bitte in dem Kanal, um den es geht.
list-open = { $n ->
    [0] In { $where } ist nichts offen. Schönen Tag.
    [one] In { $where } ist ein Beitrag offen
   *[other] In { $where } sind { $n } Beiträge offen
}
list-mine = { $n ->
    [0] Du hast gerade nichts auf dem Tisch.
    [one] Du hast einen Beitrag
   *[other] Du hast { $n } Beiträge
}
list-overdue = { $n ->
    [0] In { $where } ist nichts überfällig.
    [one] In { $where } ist ein Beitrag überfällig
   *[other] In { $where } sind { $n } Beiträge überfällig
}
list-folded = { $n ->
    [0] Nichts wartet mehr zusammengefasst, alles steht einzeln im Kanal.
    [one] Ein Beitrag wartet zusammengefasst
   *[other] { $n } Beiträge warten zusammengefasst
}
list-late = , { $n ->
    [one] einer davon überfällig
   *[other] { $n } davon überfällig
}
list-everywhere = allen deinen Kanälen
list-urgent = ‼{ " " }
list-line = Nr. { $number } · { $head }
row-due = bis { $at } · { $number } · { $about }
row-late = ⚠ seit { $at } · { $number } · { $about }
row-snoozed = ⏸ bis { $at } · { $number } · { $about }
row-endless = { $number } · { $about }
row-asleep = { " " }· ⏸ bis { $until }
row-held = { " " }· { $name } ist dran
row-sent = { " " }· Antwort ist unterwegs
row-offered = { " " }· wird übergeben
row-in = { " " }· { $room }
row-number = Nr. { $number }
row-words = „{ $words }“
list-more = … und { $n } weitere
list-page = Seite { $page } von { $pages }

## Mehr, als ein Kanal fasst
fold-waiting = { $n ->
    [one] Ein weiterer Beitrag wartet hier zusammengefasst
   *[other] { $n } weitere Beiträge warten hier zusammengefasst
}
fold-listed = { $n ->
    [one] Aus einer Datei ist ein Beitrag offen
   *[other] Aus einer Datei sind { $n } Beiträge offen
}
fold-counts = { $counts } · seit { $since }
fold-first = Zuerst fällig:
fold-opens = Mehr als { $n } Meldungen in { $span } zeigt der Kanal nicht. Die nächsten kommen ab { $at } von selbst einzeln, die dringendsten zuerst; was jemand übernimmt, steht sofort da.
fold-over = { $n ->
    [one] Der zusammengefasste Beitrag ist erledigt oder steht einzeln im Kanal.
   *[other] Alle { $n } zusammengefassten Beiträge sind erledigt oder stehen einzeln im Kanal.
}
fold-over-since = Begonnen hatte es { $since }.

## Verlauf im Thread
note-edited = Der Beitrag wurde geändert.
note-edited-stars = Die Bewertung wurde geändert: jetzt { $now } statt { $before } Sterne.
note-removed = Der Beitrag wurde bei { $source } gelöscht.
note-back = Der Beitrag ist bei { $source } wieder da.
note-elsewhere = Bei { $source } steht eine Antwort, die nicht von hier kam.
note-claimed = { $name } hat übernommen (bis { $until }).
note-taken-over = { $name } hat von { $from } übernommen (bis { $until }).
note-released = { $name } hat zurückgegeben; der Beitrag ist wieder frei.
note-claim-ended = Die Zeit von { $name } ist um, der Beitrag ist wieder frei.
note-lost-right = { $name } darf hier nicht mehr antworten, der Beitrag ist wieder frei.
note-offered = Die Schicht von { $name } ist zu Ende. Bitte nimm den Beitrag bis { $until } an, sonst wird er wieder frei.
note-given = { $name } gibt dir diesen Beitrag weiter. Bitte nimm ihn bis { $until } an, sonst wird er wieder frei.
note-given-why = { $name } gibt dir diesen Beitrag weiter – „{ $why }“. Bitte nimm ihn bis { $until } an, sonst wird er wieder frei.
note-given-not = { $to } hat den Beitrag von { $name } nicht angenommen, er ist wieder frei.
note-not-accepted = Niemand hat den Beitrag von { $name } angenommen, er ist wieder frei. Wer übernimmt?
note-not-accepted-late = Niemand hat den Beitrag von { $name } angenommen, und die Frist ({ $due }) ist vorbei. Wer übernimmt?
note-sent = { $name } hat geantwortet. Die Antwort geht gleich raus.
note-taken-back = { $name } hat die Antwort zurückgeholt.
note-held-back = Die Antwort von { $name } ist nicht rausgegangen: Der Beitrag wurde bei { $source } geändert, nachdem sie gesendet war. Der Text ist aufgehoben; bitte lies den Beitrag noch einmal und sende sie dann.
note-accepted = { $source } hat die Antwort angenommen und prüft sie.
note-visible = Die Antwort ist bei { $source } sichtbar (nach { $span }).
note-visible-again = Die geänderte Antwort ist bei { $source } sichtbar.
note-rejected = { $source } hat die Antwort abgelehnt: { $why }. Der Text ist aufgehoben; „Neu schreiben“ auf der Karte holt ihn zurück.
note-rejected-silent = { $source } hat die Antwort nicht veröffentlicht und keinen Grund genannt. Der Text ist aufgehoben; „Neu schreiben“ auf der Karte holt ihn zurück.
note-failed = Die Antwort konnte bei { $source } nicht veröffentlicht werden. Meldung: „{ $why }“. Der Text ist aufgehoben; „Neu schreiben“ auf der Karte holt ihn zurück.
note-failed-silent = Die Antwort konnte bei { $source } nicht veröffentlicht werden; warum, sagt { $source } nicht. Der Text ist aufgehoben; „Neu schreiben“ auf der Karte holt ihn zurück.
note-unclear = Unklar, ob die Antwort bei { $source } angekommen ist. Bitte sieh dort nach und entscheide auf der Karte.
note-confirmed = { $name } hat nachgesehen: Die Antwort ist da.
note-again = { $name } sendet die Antwort noch einmal.
note-handled = { $name } hat das erledigt: { $reason }.
note-handled-note = { $name } hat das erledigt: { $reason } – „{ $note }“.
note-reopened = { $name } hat wieder geöffnet.
note-reopened-customer = Wieder offen, weil der Beitrag geändert wurde.
note-snoozed = { $name } hat bis { $until } zurückgestellt.
note-snoozed-why = { $name } hat bis { $until } zurückgestellt – „{ $why }“.
note-woke = Wieder da: Zurückgestellt war bis jetzt.
note-woke-due = Wieder da: Zurückgestellt war bis jetzt. Antwort bis { $due }.
note-woke-late = Wieder da: Zurückgestellt war bis jetzt, und die Frist ({ $due }) ist vorbei.
note-escalated = { $name } bittet um Hilfe – „{ $why }“.
note-escalated-due = { $name } bittet um Hilfe – „{ $why }“. Frist { $due }.
note-reminded = Noch { $span } bis { $due }, und es ist noch niemand dran. Wer übernimmt?
note-reminded-owner = Noch { $span } bis { $due } – { $name }, schaffst du das?
note-reminded-held = Noch { $span } bis { $due }. { $name } ist dran.
note-reminded-soon = In weniger als einer Minute fällig ({ $due }), und es ist noch niemand dran. Wer übernimmt?
note-reminded-soon-owner = In weniger als einer Minute fällig ({ $due }) – { $name }, schaffst du das?
note-reminded-soon-held = In weniger als einer Minute fällig ({ $due }). { $name } ist dran.
note-overdue = Die Frist ({ $due }) ist vorbei. Bitte übernehmen.
note-overdue-owner = Die Frist ({ $due }) ist vorbei – { $name }, antworte jetzt oder gib zurück.
note-overdue-held = Die Frist ({ $due }) ist vorbei. { $name } ist dran.
note-overdue-again = Die Frist ({ $due }) ist vorbei, und niemand ist mehr dran. Wer übernimmt?
note-step = Noch { $span } bis { $due }, und es ist noch niemand dran. Bitte übernimm.
note-step-owner = Noch { $span } bis { $due } – { $name }, schaffst du das?
note-step-held = Noch { $span } bis { $due }. { $name } ist dran; bitte sieh nach, ob das klappt.
note-step-soon = In weniger als einer Minute fällig ({ $due }), und es ist noch niemand dran. Bitte übernimm.
note-step-soon-owner = In weniger als einer Minute fällig ({ $due }) – { $name }, schaffst du das?
note-step-soon-held = In weniger als einer Minute fällig ({ $due }). { $name } ist dran; bitte sieh nach, ob das klappt.
note-step-now = Die Frist ({ $due }) ist vorbei, und niemand ist dran. Bitte übernimm.
note-step-now-owner = Die Frist ({ $due }) ist vorbei – { $name }, antworte jetzt oder gib zurück.
note-step-now-held = Die Frist ({ $due }) ist vorbei. { $name } ist dran; bitte sieh nach, ob das klappt.
note-step-late = Seit { $span } überfällig (Frist { $due }), und niemand ist dran. Bitte übernimm.
note-step-late-owner = Seit { $span } überfällig (Frist { $due }) – { $name }, antworte jetzt oder gib zurück.
note-step-late-held = Seit { $span } überfällig (Frist { $due }). { $name } ist dran; bitte sieh nach, ob das klappt.
note-step-endless = Das braucht dich, und es ist noch niemand dran. Bitte übernimm.
note-step-endless-owner = { $name }, das wartet auf deine Antwort. Schaffst du das?
note-step-endless-held = Das braucht Hilfe. { $name } ist dran; bitte sieh nach, ob das klappt.
note-step-still = Immer noch offen.{ " " }
note-missing-holder = Gerufen werden sollte, wer den Beitrag hat; gerade hat ihn niemand.
note-missing-on-duty = Gerufen werden sollte, wer im Dienstplan „{ $name }“ dran ist; dort hat gerade niemand Dienst.
note-missing-channel = Gerufen werden sollte, wer für den Kanal zuständig ist; dafür ist niemand eingetragen.
note-missing-group = Gerufen werden sollte eine Gruppe, die in keinem Kanal mit diesem Beitrag ist.
note-next = Weiter geht es { $at }: { $what }.
note-next-none = Weiter gerufen wird danach niemand. Der Beitrag bleibt offen, bis ihn jemand übernimmt.
next-holder = gerufen wird, wer den Beitrag dann hat
next-on-duty = gerufen wird, wer dann im Dienstplan „{ $name }“ dran ist
next-channel = gerufen wird, wer für den Kanal zuständig ist
next-group = gerufen wird eine Gruppe
next-person = gerufen wird { $name }
next-widen = der Beitrag steht dann auch in „{ $name }“
next-webhook = „{ $name }“ wird verständigt
next-raise = ab dann ist es dringend
note-acknowledged = { $name } kümmert sich bis { $until }. Ist es dann noch offen, geht es weiter.
note-raised = Ab jetzt dringend: Der Beitrag steht in Listen vorn, und Ruhezeiten halten keinen Ruf mehr auf.
note-webhook = „{ $name }“ ist verständigt.
note-widened = Der Beitrag steht jetzt auch in „{ $channel }“.
note-raised-webhook = Ab jetzt dringend: Der Beitrag steht in Listen vorn, und Ruhezeiten halten keinen Ruf mehr auf. „{ $name }“ ist verständigt.
note-assigned = Das ist für dich persönlich. Bitte antworte selbst und mit eigenen Worten.
note-assigned-due = Das ist für dich persönlich, Antwort bis { $due }. Bitte antworte selbst und mit eigenen Worten.
note-assigned-word = { " " }Erkannt am Wort „{ $word }“.
notify-due = { $n } Antworten bis { $due }:
notify-late = { $n } Antworten sind überfällig:
notify-some-late = { $n } Antworten bis { $due }, { $late } davon überfällig:
notify-endless = { $n } Beiträge warten auf dich:
notify-offered = { $n } Beiträge brauchen jemanden, die Schicht ist zu Ende. Bitte bis { $until } annehmen, sonst werden sie wieder frei:
notify-edited = Der Beitrag, an dem du bist, wurde gerade geändert. Lies ihn noch einmal, bevor du antwortest.
notify-given = { $n } Beiträge wurden dir weitergegeben. Bitte bis { $until } annehmen, sonst werden sie wieder frei:
alert-link = Zur Karte

## Tageszusammenfassung
digest-morning = { $new ->
    [0] Nichts Neues
    [one] Ein neuer Beitrag
   *[other] { $new } neue Beiträge
}, { $answered ->
    [0] keiner beantwortet
    [one] einer beantwortet
   *[other] { $answered } beantwortet
}, { $overdue ->
    [0] nichts überfällig
    [one] einer überfällig
   *[other] { $overdue } überfällig
}.
digest-oldest = { " " }Der älteste wartet seit { $at }.
digest-quiet = Nichts Neues, nichts offen. Schönen Tag.
digest-quiet-long = Nichts Neues, nichts offen. So ruhig darf es bleiben.
digest-period = { $from } bis { $to }
digest-by-source = Neu bei { $source }: { $counts }
digest-more-sources = { $n ->
    [one] … und eine weitere Quelle.
   *[other] … und { $n } weitere Quellen.
}
digest-new = Neu insgesamt: { $n }, davor { $before }
digest-new-alone = Neu insgesamt: { $n }
digest-count-praise = { $n }× Lob
digest-count-suggestion = { $n ->
    [one] 1 Vorschlag
   *[other] { $n } Vorschläge
}
digest-count-complaint = { $n }× Kritik
digest-count-question = { $n ->
    [one] 1 Frage
   *[other] { $n } Fragen
}
digest-count-neutral = { $n ->
    [one] 1 Beitrag
   *[other] { $n } Beiträge
}
digest-totals = Beantwortet { $answered } (davor { $answered_before }) · erledigt { $handled } · noch offen { $open }
digest-totals-alone = Beantwortet { $answered } · erledigt { $handled } · noch offen { $open }
digest-before = , davor { $then }
digest-mean = { $mean }
digest-percent = { $percent } %
digest-ratings = { $n ->
    [one] Bewertung: { $mean } von 5
   *[other] { $n } Bewertungen, im Schnitt { $mean } von 5
} (★5: { $five } · ★4: { $four } · ★3: { $three } · ★2: { $two } · ★1: { $one })
digest-first-answers = { $n ->
    [one] Zeit bis zur ersten Antwort: { $half }
   *[other] Zeit bis zur ersten Antwort: im Median { $half }, bei neun von zehn höchstens { $most }
}
digest-first-answers-before = { $n ->
    [one] , davor { $half }
   *[other] , davor { $half } und { $most }
}
digest-in-time = { $n ->
    [one] Frist gehalten: { $kept } von 1
   *[other] Frist gehalten: { $percent } % ({ $kept } von { $n })
}
digest-mine = { $n ->
    [0] Bei dir liegt nichts.
    [one] Bei dir liegt ein Beitrag.
   *[other] Bei dir liegen { $n } Beiträge.
}
digest-mine-due = { " " }Der nächste ist bis { $due } dran.
digest-people = Beantwortet haben: { $who }
digest-person = { $name } { $n }
digest-more-people = { $n ->
    [one] eine weitere Person
   *[other] { $n } weitere
}
digest-elsewhere = direkt bei der Quelle { $n }
digest-helpful-praise = { $n ->
    [one] Lob, das jemand hilfreich fand
   *[other] Lob, das { $n } Leute hilfreich fanden
}
digest-helpful-critical = { $n ->
    [one] Kritik, die jemand hilfreich fand
   *[other] Kritik, die { $n } Leute hilfreich fanden
}
digest-quote = : „{ $words }“
digest-quote-of = { " " }– { $link }
digest-unusual = Mehr als sonst zu { $subject }: { $n } statt etwa { $usual }
digest-unusual-rare = Mehr als sonst zu { $subject }: { $n }, sonst fast nie
digest-trouble = { $source } antwortet uns nicht, zuletzt { $since }. Was seitdem dort steht, fehlt hier noch und kommt nach.
digest-trouble-always = { $source } hat uns noch nie geantwortet. Was dort steht, fehlt hier; `zeitnah check` sagt, woran es liegt.
digest-overdue = Überfällig:
digest-next = Als Nächstes:
digest-no-chart = Das Diagramm fehlt heute, es ließ sich nicht übertragen. Die Zahlen sind vollständig.

## Das Diagramm in der Zusammenfassung
chart-new = { $n ->
    [0] Nichts Neues
    [one] 1 neuer Beitrag
   *[other] { $count } neue Beiträge
} { $length ->
    [one] an einem Tag
   *[other] in { $length } Tagen
}
chart-first-answer = Zeit bis zur ersten Antwort
chart-median = Median
chart-target = Ziel { $span }
chart-no-answers = Keine Antwort in dieser Zeit
chart-bar = Ein Balken sind { $n } Tage
chart-days = { $n } Tage
chart-thousands = { $n } Tsd.
chart-millions = { $n } Mio.
chart-billions = { $n } Mrd.
chart-trillions = { $n } Bio.
chart-alt-day = Diagramm für { $day }
chart-alt-days = Diagramm für { $from } bis { $to }
chart-alt-most = Am meisten am { $day }: { $count }
chart-alt-median = Median bis zur ersten Antwort { $span }
chart-alt-medians = Median bis zur ersten Antwort je Tag zwischen { $least } und { $most }, zuletzt { $last } am { $day }
chart-alt-target = Ziel { $span }, gehalten an { $kept } von { $n } Tagen

## Was eine Person betrifft
home-mine = { $n ->
    [0] Du hast gerade keinen Beitrag
    [one] Du hast einen Beitrag
   *[other] Du hast { $n } Beiträge
}
home-team = Das Team
home-load = { $channel }: { $n } offen, { $late } überfällig, { $free } frei
home-escalated = , { $n } hierher eskaliert
home-people = Das haben: { $who }
home-late = , { $n } überfällig
home-asleep = , { $n } zurückgestellt
home-mine-asleep = , davon zurückgestellt: { $asleep }
home-set = Einstellen …
home-no-team = Du hast hier noch keine Rolle. Wer sie vergibt, steht in der Konfiguration.
home-settings = Deine Einstellungen
home-answers = Was du hier drückst, beantworte ich dir in meinen Nachrichten an dich.
home-as-of = Stand { $at }

## Warum diese Frist?
why-received = Geschrieben { $published }, bei uns angekommen { $seen }.
why-received-only = Angekommen { $seen }; wann der Beitrag geschrieben wurde, sagt { $source } nicht.
why-published = Die Frist läuft ab der Veröffentlichung: { $span } ab { $from } → bis { $due }.
why-first_seen = Die Frist läuft ab der Ankunft: { $span } ab { $from } → bis { $due }.
why-late_arrival = Der Beitrag kam erst an, als die Frist ab Veröffentlichung schon vorbei war. Darum zählt die Ankunft: { $span } ab { $from } → bis { $due }.
why-reopened = Die Frist läuft neu, seit der Beitrag wieder offen ist: { $span } ab { $from } → bis { $due }.
why-standing = Die Uhr steht gerade: { $span } ab { $from }, die Frist rückt so lange weiter.
why-metric-first_answer = Erste Antwort:
why-metric-next_answer = Nächste Antwort:
why-metric-resolution = Bis alles erledigt ist:
why-hours = Es zählen nur diese Zeiten: { $hours } ({ $zone }).
why-counted = Gezählt: { $stretches }
why-stretch = { $from }–{ $to } = { $span }
why-stretches = … { $n } weitere = { $span } …
why-holidays = Frei und darum nicht gezählt: { $days }.
why-holidays-more = Frei und darum nicht gezählt: { $days } und { $n } weitere Tage.
why-clock-forward = Am { $day } wurden die Uhren um { $span } vorgestellt; diese Zeit gab es nicht.
why-clock-back = Am { $day } wurden die Uhren um { $span } zurückgestellt; diese Zeit gab es zweimal.
why-gap-moderation = Nicht gezählt: { $from } bis { $to }, da lag die Antwort bei { $source }.
why-gap-moderation-lasts = Nicht gezählt seit { $from }: Die Antwort liegt bei { $source }.
why-gap-customer = Nicht gezählt: { $from } bis { $to }, da fehlte eine Rückmeldung der Kundschaft.
why-gap-customer-lasts = Nicht gezählt seit { $from }: Es fehlt eine Rückmeldung der Kundschaft.
why-cancelled = Niemand schuldet hier mehr eine Antwort; die Frist gilt nicht mehr.
why-none = Dafür ist keine Frist eingestellt.
why-rooms = Der Beitrag gehört hierher:{ " " }
why-room = { $room }
why-remind = Erinnerung: { $at }.
why-remind-at = { $at }
why-past = Die Frist ist vorbei.
why-met = Beantwortet { $at }: gehalten.
why-missed = Beantwortet { $at }: nach der Frist.

## Übung
practice-label = Übung
practice-author = zeitnah
practice-subject = Probekarte
practice-words = Das ist eine Probekarte. Niemand von außen hat sie geschrieben, und niemand dort liest deine Antwort: Sie bleibt hier und wird nirgends veröffentlicht. Drück auf Antworten, sieh dir die Vorschau an und sende. Danach probier ruhig jeden anderen Knopf.
practice-hint = Zur Übung: Die Antwort bleibt hier und wird nirgends veröffentlicht
practice-as = So stünde es öffentlich. Zur Übung bleibt es hier:
practice-visible = Zur Übung gesendet (nach { $span }). Veröffentlicht wurde nichts.
practice-visible-again = Zur Übung geändert. Veröffentlicht wurde nichts.

## Forum: Marken und gemeinsame Beiträge
tag-open = offen
tag-taken = übernommen
tag-answered = beantwortet
tag-handled = erledigt
tag-overview = Übersicht
forum-overview = Übersicht
forum-overview-first = Hier steht, was alle Beiträge betrifft: die Zusammenfassungen und, wenn viele auf einmal kommen, die Liste derer, die noch warten.
forum-notices = Hinweise
forum-notices-first = Hier steht, was mehrere Beiträge zugleich betrifft und jemanden braucht.

## Ein Export aus dem Chat
import-title = Export hereinholen
import-about = Gib die Datei ab, wie sie ist. Du siehst zuerst, was darin ist; herein kommt erst etwas, wenn du zustimmst.
import-source = Von welcher Quelle ist sie?
import-file = Datei
import-hint = CSV, Excel, JSON oder ZIP, höchstens { $mb } MB
import-said = Was anders zu lesen ist
import-said-hint = Meist leer. Eine Angabe je Zeile, zum Beispiel: Text = Name der Spalte
import-said-example = Text = Anmerkung · Sterne = Note · Antwort = - · Skala = 10 · Tag zuerst · Zeichen = windows-1252
import-submit = Ansehen
import-not-here = Hier lässt sich keine Datei hereinholen: In der Konfigurationsdatei steht keine Quelle dafür.
import-reading = „{ $file }“ wird gelesen. Gleich steht hier, was darin ist; bis dahin kommt nichts herein.
import-understood = „{ $file }“ für { $source }: { $shape }, { $n } Zeilen.
import-by-names = an den Spaltennamen erkannt
import-encoding = Zeichen: { $encoding }
import-used = Verwendet: { $columns }
import-unused = Nicht verwendet: { $columns }
import-day-first = Datum: Der Tag steht zuerst. Ist es umgekehrt, gib die Datei noch einmal ab und schreib dazu: Monat zuerst
import-month-first = Datum: Der Monat steht zuerst. Ist es umgekehrt, gib die Datei noch einmal ab und schreib dazu: Tag zuerst
import-scale = Sterne: von höchstens { $best }
import-shortened = Die Nummern hat eine Tabelle gekürzt, zwei Leute können dieselbe haben. Sie werden an ihren Worten auseinandergehalten.
import-more-files = Dazu { $n ->
    [one] eine weitere Datei.
   *[other] { $n } weitere Dateien.
}
import-quoted = „{ $words }“
import-answered = schon beantwortet
import-posts = { $n ->
    [one] Ein Beitrag
   *[other] { $n } Beiträge
}: { $open } offen, { $answered } schon beantwortet, { $past } älter und abgeschlossen.
import-news = { $new } neu, { $changed } geändert, { $known } schon da.
import-older = { $n } weichen ab und sind nicht neuer als das, was da ist: Sie ändern nichts.
import-thrown-away = { $n } bleiben weg, weil sie dort gelöscht oder Spam sind.
import-bad = { $n ->
    [one] Eine Zeile kommt
   *[other] { $n } Zeilen kommen
} nicht mit. Was daran nicht stimmt, steht hier auf Englisch:
import-bad-more = … und { $n ->
    [one] eine weitere.
   *[other] { $n } weitere.
}
import-reason = { $where } „{ $what }“
import-then-known = Wenn du zustimmst, ändert sich nichts: Alles ist schon da.
import-then-nothing = Wenn du zustimmst: keine Karten, keine Fristen. Alles ist zu finden und zählt in seiner eigenen Zeit.
import-then-cards = { $n ->
    [one] Wenn du zustimmst: eine Karte mit Frist für den offenen Beitrag.
   *[other] Wenn du zustimmst: je eine Karte mit Frist für { $n } offene Beiträge.
}
import-then-list = Wenn du zustimmst: eine Nachricht mit der Liste von { $n } offenen Beiträgen, jeder mit seiner Frist.
import-then-rest = Alle anderen bekommen weder Karte noch Frist: Sie sind beantwortet oder älter als { $span } Tage.
import-or-open = Mit „{ $button }“ { $n ->
    [one] ist es ein offener Beitrag mit Frist.
   *[other] sind es { $n } offene Beiträge, jeder mit seiner Frist.
}
button-bring-in = Hereinholen
button-bring-in-past = Alles abgeschlossen hereinholen
button-bring-in-open = Auch Älteres offen hereinholen
button-leave-out = Liegen lassen
button-take-back = Wieder herausnehmen
button-rejected = Alle Zeilen, die fehlen
import-rejected = Aus „{ $file }“ { $n ->
    [one] kam eine Zeile nicht mit
   *[other] kamen { $n } Zeilen nicht mit, hier { $begin } bis { $end }
}:
import-rejected-row = { $where } „{ $what }“ – „{ $row }“
import-rejected-then = Bring sie in deiner Tabelle in Ordnung und gib die Datei noch einmal ab. Was schon da ist, bleibt, wie es ist.
import-rejected-gone = Diese Zeilen sind nicht mehr da. Gib die Datei noch einmal ab, dann siehst du sie wieder: /zeitnah import
import-undecided = „{ $file }“ wartet noch auf deine Entscheidung.
import-going = Gut, „{ $file }“ kommt herein. Ich melde mich hier, wenn alles da ist.
import-going-already = „{ $file }“ kommt schon herein. Ich melde mich hier, wenn alles da ist.
import-in-already = „{ $file }“ ist schon herein.
import-left = Gut, „{ $file }“ bleibt liegen. Es ist nichts hereingekommen.
import-gone = Diese Datei liegt nicht mehr bereit, und es kommt nichts aus ihr herein. Gib sie noch einmal ab: /zeitnah import
import-unread = „{ $file }“ lässt sich nicht lesen, und es ist nichts hereingekommen. Woran es liegt, steht hier auf Englisch: „{ $what }“
import-say-columns = Welche Spalte was ist, kannst du beim Abgeben dazuschreiben, im Feld „Was anders zu lesen ist“, zum Beispiel: Text = Name der Spalte
import-unfetched = „{ $file }“ ließ sich nicht aus dem Chat holen, und es ist nichts hereingekommen. Gib sie noch einmal ab: /zeitnah import
import-denied = Der Chat gibt „{ $file }“ nicht heraus, und es ist nichts hereingekommen. Wer die App eingerichtet hat, sieht mit zeitnah check, welches Recht fehlt.
import-broke-off = „{ $file }“ ließ sich nicht zu Ende lesen. Was bis dahin herein war, ist da. Woran es liegt, steht hier auf Englisch: „{ $what }“
import-nothing-read = Keine Zeile ist zu lesen, darum kommt nichts herein.
import-nothing-read-then = Bring sie in deiner Tabelle in Ordnung und gib die Datei noch einmal ab. Oder schreib beim Abgeben ins Feld „Was anders zu lesen ist“, wie sie zu lesen ist.
import-nothing-there = Es ist kein Beitrag darin, darum kommt nichts herein.
import-nothing-of = In keiner Zeile steht etwas für: { $columns }. Darum kommt nichts herein. Gib die Datei noch einmal ab und schreib im Feld „Was anders zu lesen ist“ dazu, welche Spalte es ist: { $word } = Name der Spalte. Gibt es keine: { $word } = -
import-done = „{ $file }“ ist herein.
import-done-of-which = Von den neuen offen: { $open }, beantwortet gekommen: { $answered }, älter und abgeschlossen: { $past }.
import-back-going = „{ $file }“ wird wieder herausgenommen. Ich melde mich hier, wenn es geschehen ist.
import-back-already = „{ $file }“ ist schon wieder herausgenommen.
import-back = „{ $file }“ ist wieder herausgenommen: { $n ->
    [0] Nichts davon war noch zu entfernen.
    [one] Ein Beitrag ist weg, als wäre er nie gekommen.
   *[other] { $n } Beiträge sind weg, als wären sie nie gekommen.
}
import-back-closed = { $n ->
    [one] Einer hatte schon eine Karte. Er bleibt
   *[other] { $n } hatten schon eine Karte. Sie bleiben
} abgeschlossen stehen und in den Zahlen, denn eine Nachricht im Chat bleibt.
import-back-kept = { $n ->
    [one] Einer bleibt, weil seitdem jemand etwas damit getan oder die Quelle ihn
   *[other] { $n } bleiben, weil seitdem jemand etwas damit getan oder die Quelle sie
} selbst gemeldet hat.
fault-no-file = Wähl eine Datei aus.
fault-said = Nicht verstanden: „{ $line }“. Das geht, in je einer Zeile: Text = Name der Spalte (ebenso Titel, Sterne, Name, Datum, Antwort, Produkt), Skala = 10, Tag zuerst, Monat zuerst, Zeichen = windows-1252
fault-file-large = Sie ist größer als { $mb } MB. Größere holt zeitnah import am Terminal herein.
field-rating = Sterne
field-title = Titel
field-body = Text
field-author = Name
field-subject = Produkt
field-published-at = Datum
field-edited-at = geändert am
field-reply = Antwort
field-reply-at = beantwortet am
help-import = /zeitnah import · einen Export hereinholen, mit Vorschau (für Admins)
command-import = Einen Export hereinholen, mit Vorschau (für Admins)
