# Tone: short, friendly, exact; what happened, what it means, what next. No blame, no exclamation marks.
# The same keys and values as de.ftl; a test holds them together.

## Words
tone-praise = Praise
tone-suggestion = Suggestion
tone-complaint = Complaint
tone-question = Question
tone-neutral = Post
language-de = German
language-en = English
language-fr = French
language-it = Italian
language-es = Spanish
language-nl = Dutch
language-pl = Polish
language-pt = Portuguese
language-tr = Turkish
language-cs = Czech
language-da = Danish
language-sv = Swedish
language-ru = Russian
language-uk = Ukrainian
language-ar = Arabic
weekday-0 = Mon
weekday-1 = Tue
weekday-2 = Wed
weekday-3 = Thu
weekday-4 = Fri
weekday-5 = Sat
weekday-6 = Sun
span-days = { $n ->
    [one] 1 day
   *[other] { $n } days
}
span-hours = { $n } h
span-minutes = { $n } min
span-none = less than 1 min
schedule-daily = daily
schedule-workdays = weekdays
schedule-weekend = at weekends
schedule-month = on day { $dates } of the month
schedule-minutes = { $n ->
    [one] every minute
   *[other] every { $n } minutes
}
schedule-hourly = { $minute ->
    [0] every full hour
   *[other] hourly, { $minute } minutes past
}
schedule-own = by its own plan
reason-no_need = no need to act
reason-elsewhere = answered elsewhere
reason-spam = spam
reason-duplicate = duplicate
reason-other = another reason
reason-past = older post
role-viewer = read
role-responder = reply
role-approver = approve
role-admin = admin

## Card
no-text = (no text)
stars = { $n } of 5 stars
anonymous = anonymous
whole-text = … whole text: { $count } characters
who-author = by { $name }
who-published = written { $at }
who-edited = changed { $at }
who-language = { $language }
who-votes = { $up ->
    [one] 1 finds this helpful
   *[other] { $up } find this helpful
}
who-verified = verified purchase
who-order = order { $order }
who-version = version { $version }
who-device = { $device }
who-country = country { $country }
who-number = No. { $number }

state-open = Reply by { $due } · not taken yet
state-open-endless = Open · not taken yet
state-overdue = ⚠ Overdue since { $due } · nobody is on it
state-overdue-claimed = ⚠ Overdue since { $due } · { $name } is on it (until { $until })
state-claimed = Reply by { $due } · { $name } is on it (until { $until })
state-claimed-endless = { $name } is on it (until { $until })
state-offered = Reply by { $due } · { $name } hands over, please accept by { $until }
state-offered-endless = { $name } hands over, please accept by { $until }
state-given = Reply by { $due } · { $name } hands over to { $to }, please accept by { $until }
state-given-endless = { $name } hands over to { $to }, please accept by { $until }
state-snoozed = ⏸ Snoozed until { $until } by { $name }
state-snoozed-why = ⏸ Snoozed until { $until } by { $name } – “{ $why }”
state-queued = ⏳ { $name }’s reply is about to leave · undo by { $until }
state-sending = ⏳ { $name }’s reply is being sent to { $source }
state-pending = ⏳ Sent { $at } – { $source } is reviewing the reply
state-answered = ✔ Answered by { $name } { $at }
state-answered-elsewhere = ✔ Answered at { $source } { $at }
state-answered-after = { " " }· after { $span }
state-kept = { " " }· in time
state-missed = { " " }· after the deadline
state-handled = ✔ Handled by { $name } { $at }: { $reason }
state-handled-note = ✔ Handled by { $name } { $at }: { $reason } – “{ $note }”
state-past = ✔ Came with a file: nothing is owed
state-rejected = ✖ { $source } rejected the reply: { $why }
state-rejected-silent = ✖ { $source } did not publish the reply and gave no reason
state-failed = ✖ The reply could not be published at { $source }. It said: “{ $why }”
state-failed-silent = ✖ The reply could not be published at { $source }, which does not say why
state-unknown = ? Unclear whether the reply arrived: looked for it, did not find it. Please look yourself and decide; it is not sent again by itself.
state-removed = ⌫ Deleted at { $source } { $at }
state-escalated = { " " }· escalated to { $to }
state-urgent = ‼ Urgent ·{ " " }
state-personal = { " " }· personally for { $name }
state-then-stands = { " " }· no deadline runs until then
state-then-due = { " " }· reply by { $due }
state-then-overdue = { " " }· ⚠ overdue since { $due }
state-edited = { " " }· post was changed

button-reply = Reply
button-write-on = Keep writing
button-write-again = Write again
button-take = Take
button-take-number = Take no. { $number }
button-reply-number = Reply to no. { $number }
button-oldest = Take the oldest
button-list-open = Open full list
button-list-overdue = Show overdue
button-list-folded = Show folded
button-list-mine = Show all of mine
button-everywhere = Show all channels
button-here = Show this channel only
button-find-everywhere = Search all channels
button-full-number = Full text of no. { $number }
button-page-back = ‹ Back
button-page-on = Next ›
button-quiet-on = Quiet hours { $hours }
button-quiet-off = End quiet hours
button-speak = In English
button-daily-on = Daily numbers for me
button-daily-off = No daily numbers any more
button-seen = Seen
button-accept = Accept
button-release = Release
button-escalate = Escalate
button-handled = Mark handled
button-snooze = Snooze
button-give = Hand over
button-full = Full text
button-why = Why this deadline?
button-more = More actions
button-open-at = Open at { $source }
button-undo = Undo sending
button-view = View reply
button-change = Change reply
button-reopen = Reopen
button-there = It is there
button-again = Send again
button-copy = Copy text
confirm-again-title = Send again?
confirm-again-text = Look at { $source } first. If the reply already stands there, it would be public twice.
confirm-again-ours = { " " }What would be sent: “{ $words }”
confirm-again-yes = Send again
confirm-no = Cancel

## Forms
form-close = Close
form-cancel = Cancel
form-reply-title = Reply
form-change-title = Change reply
form-reply-submit = Preview
form-reply-label = Your reply
form-reply-hint = At most { $max } characters; public at { $source }
form-reply-hint-about = At most about { $max } characters; public at { $source }
form-reply-hint-free = Public at { $source }
form-reply-placeholder = Personal, helpful, signed with your name
form-reply-taken = { $name } is on it (until { $until }). With the preview you take over.
form-reply-edited = ⚠ The post was changed after this draft was written. Please read it once more.
form-before = Before:
form-before-stars = Before: { $head }
form-now = Now:
form-reply-rejected = { $source } rejected the last text: { $why }
form-reply-rejected-silent = { $source } did not publish the last text and gave no reason.
form-preview-title = Preview
form-preview-submit = Send
form-preview-back = Back
form-preview-changed = ⚠ The post was changed after you read it. Does your reply still fit?
form-preview-again-title = Send anyway?
form-preview-again = ⚠ Nothing is sent yet: the post was changed after you read it. Please read both, then decide.
form-preview-anyway = Send anyway
reply-as = This is how it will stand in public at { $source }, as a reply by { $name }:
form-preview-length = { $count } of { $max } characters
form-preview-length-about = { $count ->
    [one] 1 character
   *[other] { $count } characters
}; there is room for about { $max }.
form-preview-bytes = { $source } counts in bytes: { $count } of { $max }. Accented letters count twice, emojis four times.
form-preview-length-free = { $count ->
    [one] 1 character
   *[other] { $count } characters
}
form-preview-undo = After sending you have { $seconds } seconds to undo it.
form-by-hand-title = Answer there
form-by-hand-how = How your reply gets there: copy the text, open { $link }, paste it there and send it. Then press “Answered there” here.
form-by-hand-submit = Answered there
form-preview-moderated = { $source } reviews replies before they are visible. The card shows when that is.
warn-link = Contains a shortened link; to some that looks like spam.
warn-phone = Contains a phone number; { $source } often rejects such replies.
warn-placeholder = Contains a placeholder: { $found }
form-escalate-title = Escalate
form-escalate-submit = Escalate
form-escalate-to = To whom
form-escalate-why = Why
form-escalate-why-hint = One line; it stands in the message to the team.
form-handled-title = Mark handled
form-handled-submit = Mark handled
form-handled-why = Why does this need no answer from us?
form-handled-note = Note
form-snooze-title = Snooze
form-snooze-submit = Snooze
form-snooze-until = Until when
form-snooze-evening = this evening (18:00)
form-snooze-morning = tomorrow morning (9:00)
form-snooze-workday = on the next working day ({ $at })
form-snooze-monday = Monday morning (9:00)
form-snooze-date = on this day (9:00)
form-snooze-day = Day
form-snooze-waits = What are you waiting for?
form-snooze-waits-us = Something on our side – the deadline goes on
form-snooze-waits-customer = The customer – the clock stands still
form-snooze-why = Why
form-snooze-due = Reply by { $due }: this deadline stays, also while the post is snoozed.
form-snooze-due-unless = Reply by { $due }: this deadline stays, unless you are waiting for the customer.
form-snooze-overdue = The deadline ({ $due }) has passed already; that stays so, also while the post is snoozed.
form-snooze-late = { " " }– after the deadline
form-give-title = Hand over
form-give-submit = Hand over
form-give-how = Whoever you choose is called at once. Until they accept it the post is yours, for { $n } min at most; after that anybody can take it.
form-give-to = To whom
form-give-why = What they should know
form-full-title = Full text
form-why-title = Why this deadline?
form-view-title = Reply
form-copy-title = Copy text
form-copy-say = Select the text and copy it; you can answer at { $source }.
fault-too-long = { $over ->
    [one] 1 character
   *[other] { $over } characters
} too long for { $source } ({ $count } of { $max }). Your text is saved.
fault-too-long-bytes = { $over ->
    [one] 1 character
   *[other] { $over } characters
} too long for { $source }. It counts in bytes: { $count } of { $max }; accented letters count twice, emojis four times. Your text is saved.
fault-empty = A text is still missing here.
fault-choose = Please choose something.
fault-past = This time has already passed.
fault-later = That did not work just now, your text is still here. Please press again in a minute.

## Private sentences
refused-taken = { $name } is on it (until { $until }). Press Reply if you want to take over anyway.
refused-answered = { $name } was faster: answered { $at }. The card is up to date now.
refused-answered-elsewhere = This was answered directly at { $source } { $at }. The card is up to date now.
refused-handled = { $name } was faster: handled { $at }. The card is up to date now.
refused-past = This is an older post that came in with a file. “Reopen” brings it back.
refused-removed = The post was deleted at { $source } { $at }. There is nothing left to answer.
refused-text-kept = { " " }Your text is saved and stands in the form again when another reply is needed.
refused-on-its-way = A reply by { $name } is already on its way. The card shows how it ends.
refused-on-its-way-mine = Your reply is already on its way. The card shows how it ends.
refused-nothing = There is nothing to undo or change here right now. The card is up to date now.
refused-give-self = You cannot hand anything over to yourself. Press Take.
refused-give-nobody = I know nobody here besides you who has the right “reply”.
refused-give-right = { $name } does not have the right “reply” here. All stays as it is; /zeitnah give { $number } shows whom you can hand over to.
refused-give-unknown = I do not know “{ $typed }” here. All stays as it is; /zeitnah give { $number } shows whom you can hand over to.
refused-give-many = “{ $typed }” fits several: { $who }. Please write the whole name.
refused-give-quiet = { $name } has quiet hours and is not called before { $until }. Hand the post over to somebody else, or snooze it.
refused-nothing-to-see = No escalation is running here that could wait.
quiet-is = You are not called: { $hours } ({ $zone }).
quiet-is-usual = Nobody is called here: { $hours } ({ $zone }). You have set nothing for yourself.
quiet-none = You have no quiet hours. For example: /zeitnah quiet 20:00-07:00
quiet-set = All right. You are no longer called: { $hours } ({ $zone }). What still waits then comes afterwards in one message.
quiet-off = All right. You have no quiet hours of your own any more.
quiet-odd = “{ $typed }” are no times. Write for example: /zeitnah quiet 20:00-07:00
quiet-odd-zone = I do not know the time zone “{ $zone }”. Write it like Europe/Berlin, or leave it out.
zone-is = Your day goes by the clock of { $zone }. To change it: /zeitnah quiet Europe/Lisbon
zone-set = All right. Your quiet hours and your daily numbers go by the clock of { $zone } now.
zone-off = All right. The clock of your profile holds for you again, or the channel’s: { $zone }.
speak-is = I speak English with you alone.
speak-follows = With you alone I speak like the channel that you were in last: English.
speak-set = All right. What only you read comes in English from now on. In the channels everything stays as it is.
daily-is = The numbers of { $channel } come to you directly each day at { $hours } ({ $zone }), if there is anything.
daily-none = The daily numbers can come to you directly, too, at { $hours }.
daily-set = All right. The numbers of { $channel } come to you directly each day at { $hours } ({ $zone }): at eight, or if your quiet hours go on longer, when these end. If there is nothing, nothing comes.
daily-off = All right. The daily numbers no longer come to you directly.
digest-closed = I cannot send you the numbers of { $channel } directly, because you take no direct messages from me. Allow them in your settings, then the next ones will come. Until then /zeitnah digest shows them.

settings-title = This holds right now:
settings-route = Where a source goes (route): { $values }
settings-deadline = Deadline (deadline): { $values }
settings-language = A channel’s language (language): { $values }
settings-digest = Digest (digest): { $values }
settings-how = To change it: /zeitnah settings deadline default 8h · likewise route SOURCE CHANNEL, language CHANNEL de, digest NAME 08:30. Back to the file: /zeitnah settings reset deadline default, or reset all.
settings-none = Nothing was changed from the chat so far; the file holds.
settings-lately = Changed lately:
settings-line = { $at }: { $name } set { $key } to { $after }.
settings-line-reset = { $at }: { $name } set { $key } back to the file.
settings-set = All right, this holds from now on. { $key }: { $before } → { $after }
settings-then-route = What is there already stays where it is.
settings-then-deadline = Open deadlines are worked out anew.
settings-then-language = Cards on which something is open follow within the next minutes; all others as soon as something changes on them.
settings-then-digest = The next one comes { $at }.
settings-same = { $key } is { $after } already. It stays so.
settings-unset = { $key } was not changed from the chat. The file holds: { $after }
settings-refused = This does not work yet, and everything stays as it was. It is about { $key }:
settings-fault = { $what }; { $remedy }
settings-fault-name-route = There is no source “{ $name }”. There are: { $all }
settings-fault-name-deadline = There is no route “{ $name }” with a deadline. There are: { $all }
settings-fault-name-language = There is no channel “{ $name }”. There are: { $all }
settings-fault-name-digest = There is no digest “{ $name }”. There are: { $all }
settings-fault-channel = There is no channel “{ $name }”. There are: { $all }
settings-fault-span = “{ $typed }” is no deadline. Write it like 90m, 24h, 2d or 1d12h, at most a year; none means there is none.
settings-fault-language = “{ $typed }” is no language that I speak. There are: de, en
settings-fault-time = “{ $typed }” is neither a time of day nor a schedule. Write for example 08:30, or five fields for minute, hour, day, month and weekday: 30 8 * * 1-5
settings-fault-often = “{ $name }” comes several times a day. Write all five fields then, for example: 30 8,16 * * 1-5
settings-fault-policy = The route “{ $name }” promises what a shared policy says. Change it there, then it holds for all routes with it: { $all }
settings-fault-warn = With “{ $typed }” a reminder that stands in the file (warn) would come before the clock starts. Take a longer deadline, or change the reminder in the file.
settings-fault-never = “{ $typed }” never comes. Write for example 08:30, or five fields like 30 8 * * 1-5
settings-fault-twice = “{ $typed }” does not work: each channel stands in it once, and at least one.
settings-fault-hangs = { $key } hangs on it. Take that back first: /zeitnah settings reset { $key }
settings-note = Good to know: { $what }; { $remedy }
settings-left-out = { $key } no longer holds, since the file was changed: { $what }
settings-odd = I do not know “{ $typed }”.
settings-not-here = Nothing can be changed from the chat here. The configuration file holds.
refused-no-reply = { $source } takes no replies through us. Open the post there.
refused-stale = That has changed in the meantime. The card is up to date now.
refused-right = For this you need the right “{ $role }” here. Those who have it: { $who }. If you should have it too, your admin can give it to you.
refused-right-nobody = For this you need the right “{ $role }” here. Your admin can give it to you.
who-room = everybody in the channel “{ $channel }”
who-room-elsewhere = everybody in a channel of their own
refused-outsider = This channel is shared with your company; only the team that owns it can answer here.
refused-unknown-item = There is no No. { $number }. /zeitnah open shows what is open.
refused-target = Nobody is set up yet for you to escalate to. Your admin adds that under [[escalation]].
told-press-again = That did not work just now, nothing is lost. Please press again in a minute.
told-not-understood = I did not understand that. /zeitnah help shows what works.
told-open-at = This way to the post: { $link }
told-card-late = The card shows it only from { $until } on: I may change old messages here only now and then. It holds already.
told-no-link = There is no link to this post.
told-closed = I cannot show anything in “{ $channel }” right now. I lack permissions there, or the channel is gone; the chat says: “{ $why }”. As soon as it works again I catch up on everything.
told-source-unanswered = { $source } has not answered us since { $at }. I keep trying; new posts come as soon as it works again.
told-source-refused = { $source } has not let us read since { $at }. Mostly an access has ended or was taken away. Whoever runs zeitnah sees with “zeitnah check” which one it is and what helps.
told-source-unreadable = I have not been able to read { $source } since { $at }, although it answers. Whoever runs zeitnah sees with “zeitnah check” what it is and what helps.
told-source-again = I can read { $source } again. What was written meanwhile comes now.
told-source-silent = Nothing has come from { $source } since { $at }. It was never quiet there for so long, { $span } at most. All looks well from here, maybe nobody writes. Please have a look there.
told-done = Done. The card shows what happens next.
told-oldest = { $link } is yours now.
told-oldest-mine = { $link } is yours already. Once it is done, the next one follows.
told-oldest-none = There is nothing to take here right now: everything is taken or snoozed.
told-cancelled = Cancelled. Nothing was sent.
told-your-text = Your text is here, it is not lost:
told-no-direct = There is a private message for you, but you do not take direct messages. Press again, or allow them for this server.
told-wait = One moment …
told-source-away = { $source } is not answering right now. Your reply is saved and goes out as soon as it can.

## Commands
help-title = This is how it works:
help-open = /zeitnah open · what is open in this channel
help-mine = /zeitnah mine · what you took
help-overdue = /zeitnah overdue · what is overdue in this channel
help-home = /zeitnah home · what is yours, how the team is doing, what you have set
help-find = /zeitnah find battery · search, typos included
help-item = /zeitnah item 42 · show one post
help-stats = /zeitnah digest · the numbers since the last digest, and who has how much; stats 30 · of the last 30 days
help-sources = /zeitnah sources · how the sources are doing
help-quiet = /zeitnah quiet 20:00-07:00 · when you do not want to be called; off ends it
help-zone = /zeitnah quiet Europe/Lisbon · by which clock you live; quiet zone off takes your profile’s again
help-settings = /zeitnah settings · what is set; admins change it there
help-give = /zeitnah give 42 @ben · hand a post over
help-verbs = /zeitnah reply 42 · likewise take, release, escalate, handled, snooze, undo, full, why, change, reopen. take, release and reopen take several: take 41 42
help-unknown = I do not know “{ $word }”.
help-leftover = “{ $odd }” does not belong here, so nothing was done. Write: /zeitnah { $good }
help-one-only = “{ $command }” takes one number at a time, so nothing was done. Write: /zeitnah { $command } { $number }
numbers-odd-days = “{ $typed }” is no number of days. Write one from 1 to { $most }, for example: /zeitnah stats 7
several-number = { "No. " }{ $number }:{ " " }
several-take = yours now.
several-release = released, can be taken again.
several-reopen = open again.
several-seen = seen, the escalation waits.
several-undo = sending undone.
help-no-number = “{ $word }”: which number? It stands on the card, for example: /zeitnah take 42
command-about = Reviews and questions from customers
command-open = What is open
command-mine = What is yours
command-quiet = When you do not want to be called
command-settings = What is set, and to change it (for admins)
command-setting = For example: deadline default 8h. Empty shows what holds.
command-hours = For example 20:00-07:00, also with a time zone; off ends it
command-seen = Seen: the escalation waits for you that long
command-overdue = What is overdue
command-home = What concerns you: your posts, your team, your settings
command-find = Search posts
command-item = Show one post
command-stats = Numbers of the last days
command-digest = Numbers since the last digest
command-sources = How the sources are doing
command-words = Words of the post, a name or a product
command-days = How many days, else seven
command-help = How it works
command-number = Number on the card, or a word from it
command-reply = Reply
command-take = Take it
command-release = Release it
command-escalate = Ask for help
command-handled = Mark as handled without a reply
command-snooze = Snooze it
command-give = Hand over to somebody of the team
command-person = Who gets the post; empty shows the choice
command-undo = Undo sending while that is possible
command-change = Change the published reply
command-reopen = Open it again
command-full = Read the whole text
command-why = Why this deadline
command-view = See our reply
command-open-at = Show the link to it
command-copy = Show the text for copying
find-found = For “{ $words }” in { $where }:
find-similar = “{ $words }” is not in { $where } exactly like that. Similar spellings:
find-nothing = There is nothing for “{ $words }” in { $where }, nor anything like it. Try another word.
find-what = What are you looking for? For example: /zeitnah find battery
find-more = There is more. Another word narrows it down.
find-over = This page belongs to an earlier search that is gone. Please search again: /zeitnah find battery
find-line = { $at } · { $number } · { $about } · { $state }
find-line-ours = { $at } · { $number } · { $state } · in our reply: “{ $words }”
find-who = { " " }· by { $name }
find-about = { " " }· about { $subject }
find-order = { " " }· order { $order }
found-open = open
found-claimed = taken
found-snoozed = snoozed
found-answered = answered
found-handled = handled
found-removed = deleted at the source
item-head = { $link }
sources-title = Sources:
sources-none = No source is set up.
source-read = { $source } · last read { $at }
source-waits = { $source } · sends us posts when there are new ones
source-trouble = ⚠ { $source } · has not answered since { $at }, still being tried
source-trouble-ever = ⚠ { $source } · has never answered, still being tried
numbers-where = Numbers are kept by channel. Please type this in the channel that you mean.
list-open = { $n ->
    [0] Nothing is open in { $where }. Have a good day.
    [one] One post is open in { $where }
   *[other] { $n } posts are open in { $where }
}
list-mine = { $n ->
    [0] You have nothing on your desk right now.
    [one] You have one post
   *[other] You have { $n } posts
}
list-overdue = { $n ->
    [0] Nothing is overdue in { $where }.
    [one] One post is overdue in { $where }
   *[other] { $n } posts are overdue in { $where }
}
list-folded = { $n ->
    [0] Nothing waits folded any more, everything has its own card.
    [one] One post waits folded
   *[other] { $n } posts wait folded
}
list-late = , { $n ->
    [one] one of them overdue
   *[other] { $n } of them overdue
}
list-everywhere = all your channels
list-urgent = ‼{ " " }
list-line = No. { $number } · { $head }
row-due = by { $at } · { $number } · { $about }
row-late = ⚠ since { $at } · { $number } · { $about }
row-snoozed = ⏸ until { $at } · { $number } · { $about }
row-endless = { $number } · { $about }
row-asleep = { " " }· ⏸ until { $until }
row-held = { " " }· { $name } is on it
row-sent = { " " }· answer is on its way
row-offered = { " " }· being handed over
row-in = { " " }· { $room }
row-number = No. { $number }
row-words = “{ $words }”
list-more = … and { $n } more
list-page = Page { $page } of { $pages }

## More than a channel takes
fold-waiting = { $n ->
    [one] One more post waits here, folded
   *[other] { $n } more posts wait here, folded
}
fold-listed = { $n ->
    [one] One post from a file is open
   *[other] { $n } posts from a file are open
}
fold-counts = { $counts } · since { $since }
fold-first = Due first:
fold-opens = This channel shows no more than { $n } messages in { $span }. The next ones come by themselves from { $at }, the most pressing first; what somebody takes is there at once.
fold-over = { $n ->
    [one] The folded post is dealt with or has its own card.
   *[other] All { $n } folded posts are dealt with or have their own cards.
}
fold-over-since = It began { $since }.

## The log in the thread
note-edited = The post was changed.
note-edited-stars = The rating was changed: now { $now } instead of { $before } stars.
note-removed = The post was deleted at { $source }.
note-back = The post is back at { $source }.
note-elsewhere = A reply that did not come from here stands at { $source }.
note-claimed = { $name } took it (until { $until }).
note-taken-over = { $name } took it over from { $from } (until { $until }).
note-released = { $name } released it; the post can be taken again.
note-claim-ended = { $name }’s time is up, the post can be taken again.
note-lost-right = { $name } may not reply here any more, the post can be taken again.
note-offered = { $name }’s shift is over. Please accept the post by { $until }, or it can be taken by anybody again.
note-given = { $name } hands this post over to you. Please accept it by { $until }, or it can be taken by anybody again.
note-given-why = { $name } hands this post over to you – “{ $why }”. Please accept it by { $until }, or it can be taken by anybody again.
note-given-not = { $to } did not accept { $name }’s post, it can be taken again.
note-not-accepted = Nobody accepted { $name }’s post, it can be taken again. Who takes it?
note-not-accepted-late = Nobody accepted { $name }’s post, and the deadline ({ $due }) has passed. Who takes it?
note-sent = { $name } replied. The reply is about to leave.
note-taken-back = { $name } undid sending; the reply did not leave.
note-held-back = { $name }’s reply did not leave: the post was changed at { $source } after it was sent. The text is kept; please read the post once more and then send it.
note-accepted = { $source } accepted the reply and is reviewing it.
note-visible = The reply is visible at { $source } (after { $span }).
note-visible-again = The changed reply is visible at { $source }.
note-rejected = { $source } rejected the reply: { $why }. The text is kept; “Write again” on the card brings it back.
note-rejected-silent = { $source } did not publish the reply and gave no reason. The text is kept; “Write again” on the card brings it back.
note-failed = The reply could not be published at { $source }. It said: “{ $why }”. The text is kept; “Write again” on the card brings it back.
note-failed-silent = The reply could not be published at { $source }, which does not say why. The text is kept; “Write again” on the card brings it back.
note-unclear = Unclear whether the reply arrived at { $source }. Please look there and decide on the card.
note-confirmed = { $name } looked: the reply is there.
note-again = { $name } sends the reply once more.
note-handled = { $name } marked it handled: { $reason }.
note-handled-note = { $name } marked it handled: { $reason } – “{ $note }”.
note-reopened = { $name } reopened it.
note-reopened-customer = Open again, because the post was changed.
note-snoozed = { $name } snoozed it until { $until }.
note-snoozed-why = { $name } snoozed it until { $until } – “{ $why }”.
note-woke = Back again: it was snoozed until now.
note-woke-due = Back again: it was snoozed until now. Reply by { $due }.
note-woke-late = Back again: it was snoozed until now, and the deadline ({ $due }) has passed.
note-escalated = { $name } asks for help – “{ $why }”.
note-escalated-due = { $name } asks for help – “{ $why }”. Deadline { $due }.
note-reminded = { $span } left, due by { $due }, and nobody is on it yet. Who takes it?
note-reminded-owner = { $span } left, due by { $due } – { $name }, can you make it?
note-reminded-held = { $span } left, due by { $due }. { $name } is on it.
note-reminded-soon = Due in under a minute ({ $due }), and nobody is on it yet. Who takes it?
note-reminded-soon-owner = Due in under a minute ({ $due }) – { $name }, can you make it?
note-reminded-soon-held = Due in under a minute ({ $due }). { $name } is on it.
note-overdue = The deadline ({ $due }) has passed. Please take it.
note-overdue-owner = The deadline ({ $due }) has passed – { $name }, reply now or release it.
note-overdue-held = The deadline ({ $due }) has passed. { $name } is on it.
note-overdue-again = The deadline ({ $due }) has passed, and nobody is on it any more. Who takes it?
note-step = { $span } left, due by { $due }, and nobody is on it yet. Please take it.
note-step-owner = { $span } left, due by { $due } – { $name }, can you make it?
note-step-held = { $span } left, due by { $due }. { $name } is on it; please check that it works out.
note-step-soon = Due in under a minute ({ $due }), and nobody is on it yet. Please take it.
note-step-soon-owner = Due in under a minute ({ $due }) – { $name }, can you make it?
note-step-soon-held = Due in under a minute ({ $due }). { $name } is on it; please check that it works out.
note-step-now = The deadline ({ $due }) has passed, and nobody is on it. Please take it.
note-step-now-owner = The deadline ({ $due }) has passed – { $name }, reply now or release it.
note-step-now-held = The deadline ({ $due }) has passed. { $name } is on it; please check that it works out.
note-step-late = Overdue for { $span } (deadline { $due }), and nobody is on it. Please take it.
note-step-late-owner = Overdue for { $span } (deadline { $due }) – { $name }, reply now or release it.
note-step-late-held = Overdue for { $span } (deadline { $due }). { $name } is on it; please check that it works out.
note-step-endless = This needs you, and nobody is on it yet. Please take it.
note-step-endless-owner = { $name }, this waits for your reply. Can you make it?
note-step-endless-held = This needs help. { $name } is on it; please check that it works out.
note-step-still = Still open.{ " " }
note-missing-holder = Whoever has the post was to be called; nobody has it now.
note-missing-on-duty = Whoever is on duty in the rota “{ $name }” was to be called; nobody is on duty there now.
note-missing-channel = Whoever is responsible for the channel was to be called; nobody is named there.
note-missing-group = A group was to be called that is in no channel with this post.
note-next = It goes on { $at }: { $what }.
note-next-none = Nobody else is called after this. The post stays open until somebody takes it.
next-holder = whoever has the post then is called
next-on-duty = whoever is then on duty in the rota “{ $name }” is called
next-channel = whoever is responsible for the channel is called
next-group = a group is called
next-person = { $name } is called
next-widen = the post is then also in “{ $name }”
next-webhook = “{ $name }” is told
next-raise = it is urgent from then on
note-acknowledged = { $name } sees to it until { $until }. If it is still open then, the escalation goes on.
note-raised = Urgent from now on: the post stands first in lists, and quiet hours hold no call back any more.
note-webhook = “{ $name }” has been told.
note-widened = The post is now also in “{ $channel }”.
note-raised-webhook = Urgent from now on: the post stands first in lists, and quiet hours hold no call back any more. “{ $name }” has been told.
note-assigned = This is for you personally. Please reply yourself, in your own words.
note-assigned-due = This is for you personally, reply by { $due }. Please reply yourself, in your own words.
note-assigned-word = { " " }Recognised by the word “{ $word }”.
notify-due = { $n } replies due by { $due }:
notify-late = { $n } replies are overdue:
notify-some-late = { $n } replies due by { $due }, { $late } of them overdue:
notify-endless = { $n } posts wait for you:
notify-offered = { $n } posts need somebody, the shift is over. Please accept by { $until }, or they can be taken by anybody again:
notify-edited = The post that you are at was changed just now. Read it once more before you reply.
notify-given = { $n } posts were handed over to you. Please accept by { $until }, or they can be taken by anybody again:
alert-link = To the card

## The daily digest
digest-morning = { $new ->
    [0] Nothing new
    [one] One new post
   *[other] { $new } new posts
}, { $answered ->
    [0] none answered
    [one] one answered
   *[other] { $answered } answered
}, { $overdue ->
    [0] nothing overdue
    [one] one overdue
   *[other] { $overdue } overdue
}.
digest-oldest = { " " }The oldest has been waiting since { $at }.
digest-quiet = Nothing new, nothing open. Have a good day.
digest-quiet-long = Nothing new, nothing open. May it stay this calm.
digest-period = { $from } to { $to }
digest-by-source = New at { $source }: { $counts }
digest-more-sources = { $n ->
    [one] … and one more source.
   *[other] … and { $n } more sources.
}
digest-new = New in all: { $n }, before { $before }
digest-new-alone = New in all: { $n }
digest-count-praise = { $n } praise
digest-count-suggestion = { $n ->
    [one] 1 suggestion
   *[other] { $n } suggestions
}
digest-count-complaint = { $n ->
    [one] 1 complaint
   *[other] { $n } complaints
}
digest-count-question = { $n ->
    [one] 1 question
   *[other] { $n } questions
}
digest-count-neutral = { $n ->
    [one] 1 post
   *[other] { $n } posts
}
digest-totals = Answered { $answered } (before { $answered_before }) · handled { $handled } · still open { $open }
digest-totals-alone = Answered { $answered } · handled { $handled } · still open { $open }
digest-before = , before { $then }
digest-mean = { $mean }
digest-percent = { $percent }%
digest-ratings = { $n ->
    [one] Rating: { $mean } of 5
   *[other] { $n } ratings, { $mean } of 5 on average
} (★5: { $five } · ★4: { $four } · ★3: { $three } · ★2: { $two } · ★1: { $one })
digest-first-answers = { $n ->
    [one] Time to the first answer: { $half }
   *[other] Time to the first answer: { $half } at the median, at most { $most } for nine out of ten
}
digest-first-answers-before = { $n ->
    [one] , before { $half }
   *[other] , before { $half } and { $most }
}
digest-in-time = { $n ->
    [one] Deadline met: { $kept } of 1
   *[other] Deadline met: { $percent }% ({ $kept } of { $n })
}
digest-mine = { $n ->
    [0] Nothing is with you.
    [one] One post is with you.
   *[other] { $n } posts are with you.
}
digest-mine-due = { " " }The next one is due by { $due }.
digest-people = Answered by: { $who }
digest-person = { $name } { $n }
digest-more-people = { $n ->
    [one] one more person
   *[other] { $n } more
}
digest-elsewhere = directly at the source { $n }
digest-helpful-praise = { $n ->
    [one] Praise that one person found helpful
   *[other] Praise that { $n } people found helpful
}
digest-helpful-critical = { $n ->
    [one] A complaint that one person found helpful
   *[other] A complaint that { $n } people found helpful
}
digest-quote = : “{ $words }”
digest-quote-of = { " " }– { $link }
digest-unusual = More than usual about { $subject }: { $n } instead of about { $usual }
digest-unusual-rare = More than usual about { $subject }: { $n }, hardly ever otherwise
digest-trouble = { $source } does not answer us, last at { $since }. What was written there since is missing here and will follow.
digest-trouble-always = { $source } has never answered us. What stands there is missing here; `zeitnah check` says why.
digest-overdue = Overdue:
digest-next = Up next:
digest-no-chart = The chart is missing today, it could not be sent. The numbers are complete.

## The chart in the digest
chart-new = { $n ->
    [0] Nothing new
    [one] 1 new post
   *[other] { $count } new posts
} { $length ->
    [one] on one day
   *[other] in { $length } days
}
chart-first-answer = Time to first answer
chart-median = Median
chart-target = Target { $span }
chart-no-answers = No answers in this time
chart-bar = Each bar is { $n } days
chart-days = { $n } days
chart-thousands = { $n }k
chart-millions = { $n }M
chart-billions = { $n }B
chart-trillions = { $n }T
chart-alt-day = Chart for { $day }
chart-alt-days = Chart for { $from } to { $to }
chart-alt-most = Most on { $day }: { $count }
chart-alt-median = Median time to first answer { $span }
chart-alt-medians = Median time to first answer per day between { $least } and { $most }, most recently { $last } on { $day }
chart-alt-target = Target { $span }, kept on { $kept } of { $n } days

## What concerns one person
home-mine = { $n ->
    [0] You have no post right now
    [one] You have one post
   *[other] You have { $n } posts
}
home-team = The team
home-load = { $channel }: { $n } open, { $late } overdue, { $free } free
home-escalated = , { $n } escalated to here
home-people = Who has what: { $who }
home-late = , { $n } overdue
home-asleep = , { $n } snoozed
home-mine-asleep = , of them snoozed: { $asleep }
home-set = Change …
home-no-team = You have no role here yet. The configuration says who gives them.
home-settings = Your settings
home-answers = What you press here I answer in my messages to you.
home-as-of = As of { $at }

## Why this deadline?
why-received = Written { $published }, reached us { $seen }.
why-received-only = Reached us { $seen }; { $source } does not say when it was written.
why-published = The clock starts with the publication: { $span } from { $from } → by { $due }.
why-first_seen = The clock starts with the arrival: { $span } from { $from } → by { $due }.
why-late_arrival = The post only reached us when the time since its publication was already over. So the arrival counts: { $span } from { $from } → by { $due }.
why-reopened = The clock started anew when the post was opened again: { $span } from { $from } → by { $due }.
why-standing = The clock stands still: { $span } from { $from }; the deadline moves on meanwhile.
why-metric-first_answer = First reply:
why-metric-next_answer = Next reply:
why-metric-resolution = Until all is done:
why-hours = Only these hours count: { $hours } ({ $zone }).
why-counted = Counted: { $stretches }
why-stretch = { $from }–{ $to } = { $span }
why-stretches = … { $n } more = { $span } …
why-holidays = Days off, not counted: { $days }.
why-holidays-more = Days off, not counted: { $days } and { $n } more days.
why-clock-forward = On { $day } the clocks went forward by { $span }; that time did not exist.
why-clock-back = On { $day } the clocks went back by { $span }; that time came twice.
why-gap-moderation = Not counted: { $from } to { $to }, when the reply was with { $source }.
why-gap-moderation-lasts = Not counted since { $from }: the reply is with { $source }.
why-gap-customer = Not counted: { $from } to { $to }, when you were waiting for the customer.
why-gap-customer-lasts = Not counted since { $from }: you are waiting for the customer.
why-cancelled = Nobody is owed a reply here any more; the deadline no longer holds.
why-none = No deadline is set for this.
why-rooms = The post belongs here:{ " " }
why-room = { $room }
why-remind = Reminder: { $at }.
why-remind-at = { $at }
why-past = The deadline has passed.
why-met = Answered { $at }: in time.
why-missed = Answered { $at }: after the deadline.

## Practice
practice-label = Practice
practice-author = zeitnah
practice-subject = Test card
practice-words = This is a test card. No customer wrote it, and none will read your reply: it stays here and is published nowhere. Press Reply, look at the preview and send. Then feel free to try every other button.
practice-hint = For practice: the reply stays here and is published nowhere
practice-as = This is how a customer would see it. For practice it stays here:
practice-visible = Sent for practice (after { $span }). Nothing was published.
practice-visible-again = Changed for practice. Nothing was published.

## Forum: tags and what is shared
tag-open = open
tag-taken = taken
tag-answered = answered
tag-handled = handled
tag-overview = overview
forum-overview = Overview
forum-overview-first = This is about all posts: the digests and, when many come at once, the list of those that still wait.
forum-notices = Notices
forum-notices-first = This is about several posts at once and needs somebody.

## An export from the chat
import-title = Bring in an export
import-about = Hand in the file as it is. You see first what is in it; nothing comes in before you say so.
import-source = Which source is it from?
import-file = File
import-hint = CSV, Excel, JSON or ZIP, at most { $mb } MB
import-said = What is to be read otherwise
import-said-hint = Usually empty. One thing a line, for example: text = name of the column
import-said-example = text = Remark · rating = Mark · reply = - · scale = 10 · day first · encoding = windows-1252
import-submit = Look at it
import-not-here = No file can be brought in here: the configuration file has no source for it.
import-reading = “{ $file }” is being read. In a moment it says here what is in it; until then nothing comes in.
import-understood = “{ $file }” for { $source }: { $shape }, { $n } rows.
import-by-names = recognised by the names of its columns
import-encoding = Characters: { $encoding }
import-used = Used: { $columns }
import-unused = Not used: { $columns }
import-day-first = Dates: the day comes first. If it is the other way round, hand the file in again and write: month first
import-month-first = Dates: the month comes first. If it is the other way round, hand the file in again and write: day first
import-scale = Stars: of { $best } at most
import-shortened = A spreadsheet has shortened the ids, so that two people may have the same one. They are kept apart by their words.
import-more-files = Besides, { $n ->
    [one] one more file.
   *[other] { $n } more files.
}
import-quoted = “{ $words }”
import-answered = answered already
import-posts = { $n ->
    [one] One post
   *[other] { $n } posts
}: { $open } open, { $answered } answered already, { $past } older and closed.
import-news = { $new } new, { $changed } changed, { $known } there already.
import-older = { $n } differ and are not newer than what is there: they change nothing.
import-thrown-away = { $n } stay out, because they are deleted or spam where they come from.
import-bad = { $n ->
    [one] One row does not come along:
   *[other] { $n } rows do not come along:
}
import-bad-more = … and { $n } more.
import-reason = { $where } “{ $what }”
import-then-known = If you agree, nothing changes: all of it is there already.
import-then-nothing = If you agree: no cards, no deadlines. All of it can be found and counts in its own time.
import-then-cards = { $n ->
    [one] If you agree: a card with a deadline for the open post.
   *[other] If you agree: a card with a deadline for each of { $n } open posts.
}
import-then-list = If you agree: one message with a list of { $n } open posts, each with its deadline.
import-then-rest = All others get neither card nor deadline: they are answered, or older than { $span } days.
import-or-open = With “{ $button }” there { $n ->
    [one] is one open post with a deadline.
   *[other] are { $n } open posts, each with its deadline.
}
button-bring-in = Bring in
button-bring-in-past = Bring in, all closed
button-bring-in-open = Bring in, older ones open too
button-leave-out = Leave it
button-take-back = Take out again
button-rejected = All rows that are missing
import-rejected = From “{ $file }” { $n ->
    [one] one row did not come in
   *[other] { $n } rows did not come in, here { $begin } to { $end }
}:
import-rejected-row = { $where } “{ $what }” – “{ $row }”
import-rejected-then = Mend them in your table and hand the file in again. What is there already stays as it is.
import-rejected-gone = These rows are not kept any more. Hand the file in again to see them: /zeitnah import
import-undecided = “{ $file }” still waits for your decision.
import-going = Good, “{ $file }” is coming in. I will say so here when all of it is there.
import-going-already = “{ $file }” is coming in already. I will say so here when all of it is there.
import-in-already = “{ $file }” is in already.
import-left = Good, “{ $file }” is left where it is. Nothing has come in.
import-gone = This file is not kept any more, and nothing comes in from it. Hand it in again: /zeitnah import
import-unread = “{ $file }” cannot be read, and nothing has come in: “{ $what }”
import-say-columns = When you hand it in you can say which column is which, in the field “What is to be read otherwise”, for example: text = name of the column
import-unfetched = “{ $file }” could not be fetched from the chat, and nothing has come in. Hand it in again: /zeitnah import
import-denied = The chat does not hand over “{ $file }”, and nothing has come in. Whoever set up the app sees with zeitnah check which right is missing.
import-broke-off = “{ $file }” could not be read to its end. What was in by then is there: “{ $what }”
import-nothing-read = No row can be read, so nothing comes in.
import-nothing-read-then = Mend them in your table and hand the file in again. Or say in the field “What is to be read otherwise” how they are to be read.
import-nothing-there = There is no post in it, so nothing comes in.
import-nothing-of = No row has anything for: { $columns }. So nothing comes in. Hand the file in again and say in the field “What is to be read otherwise” which column it is: { $word } = name of the column. If there is none: { $word } = -
import-done = “{ $file }” is in.
import-done-of-which = Of the new ones open: { $open }, answered when they came: { $answered }, older and closed: { $past }.
import-back-going = “{ $file }” is being taken out again. I will say so here when it is done.
import-back-already = “{ $file }” is taken out again already.
import-back = “{ $file }” is taken out again: { $n ->
    [0] none of it could be removed any more.
    [one] one post is gone, as if it had never come.
   *[other] { $n } posts are gone, as if they had never come.
}
import-back-closed = { $n ->
    [one] One had a card already. It stays
   *[other] { $n } had a card already. They stay
} there closed, and in the numbers, because a message in the chat stays.
import-back-kept = { $n ->
    [one] One stays, because somebody has done something with it since, or the source has told of it itself.
   *[other] { $n } stay, because somebody has done something with them since, or the source has told of them itself.
}
fault-no-file = Choose a file.
fault-said = Not understood: “{ $line }”. These work, one a line: text = name of the column (likewise title, stars, author, date, reply, product), scale = 10, day first, month first, encoding = windows-1252
fault-file-large = It is larger than { $mb } MB. Larger ones come in at the terminal: zeitnah import
field-rating = stars
field-title = title
field-body = text
field-author = name
field-subject = product
field-published-at = date
field-edited-at = changed at
field-reply = reply
field-reply-at = answered at
help-import = /zeitnah import · bring in an export, with a preview (for admins)
command-import = Bring in an export, with a preview (for admins)
