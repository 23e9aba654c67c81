// The controls of the stand-ins. The page has no state of its own that counts: it shows what they say.

import { toast } from "./dom.js";
import { word } from "./words.js";

async function json(path, init) {
  const answer = await fetch(path, init);
  if (answer.status === 404) return null;
  return answer.json();
}

const UNANSWERED = /^(This interaction failed|The application did not respond|Something went wrong|Loading options failed)/;

// What the stand-ins say of a deed that cannot be done, in words for people.
const SAID = [
  [/^the app did not answer$/, "unhandled"],
  [/^(\/\S+) is not a valid command$/, "noCommand"],
  [/^there is no command `(.+)`/, "noCommand"],
  [/^`(.+)` has no `/, "noCommand"],
  [/^`(.+)` is required$/, "valueMissing"],
  [/^there is no `/, "buttonGone"],
  [/may not write there|may not use commands there/, "mayNotWrite"],
  [/^the thread is locked/, "threadLocked"],
  [/^no deadline is waiting$/, "noDeadline"],
];
function inWords(error) {
  for (const [pattern, name] of SAID) {
    const hit = pattern.exec(error);
    if (hit) return word(name, hit[1]);
  }
  return `${word("failed")}: ${error}`;
}

// What a form complains of stands at its fields (`quiet`), not in a note beside it.
export async function tell(path, what, quiet) {
  try {
    const answer = await json(`/control/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(what),
    });
    if (quiet && answer?.ok === false && quiet.test(answer.error)) return answer;
    // What Discord's own client says when the app stays silent.
    if (answer?.ok === false && UNANSWERED.test(answer.error)) toast(word("unhandled"));
    else if (!answer || answer.ok === false) toast(inWords(answer?.error ?? "404"));
    // Only what goes to the app can be left unanswered by it.
    else if (answer.acked === false && /(press|choose|submit|command)$/.test(path)) toast(answer.error && inWords(answer.error) !== word("unhandled") ? `${word("unhandled")} (${answer.error})` : word("unhandled"));
    return answer;
  } catch (error) {
    toast(`${word("failed")}: ${error.message}`);
    return null;
  }
}

// The files of a form, brought to the stand-in before the form that names them.
export async function carry(chat, user, form) {
  for (const box of form.querySelectorAll("input[type=file]")) {
    const file = box.files[0];
    if (!file) continue;
    const query = new URLSearchParams({ user, name: file.name });
    const answer = await json(`/control/${chat}/file?${query}`, { method: "POST", body: file }).catch(() => null);
    if (answer?.ok) box.dataset.file = answer.id;
    else toast(`${word("failed")}: ${file.name}`);
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const followed = new Map();

// Calls `show` with a state now and after every change; `away` is told whether its server can be reached.
export const follow = (name, show, away) => followed.set(name, { show, away, since: null });

async function bring(name, f) {
  const state = await json(`/control/${name}/state`);
  if (!state) throw new Error("not there");
  f.since = state.revision ?? 0;
  try {
    f.show(state);
  } catch (error) {
    console.error(error);
  }
}

function lost(f) {
  f.away(true);
  f.since = null;
}

// Where the stand-ins run without a demo behind them, each is asked by itself.
async function poll(name, f) {
  for (;;) {
    const began = Date.now();
    try {
      const now = f.since === null ? null : await json(`/control/${name}/wait?since=${f.since}`);
      if (f.since === null || now?.revision !== f.since) await bring(name, f);
      else if (Date.now() - began < 500) await pause(1500);
      f.away(false);
    } catch {
      lost(f);
      await pause(3000);
    }
  }
}

// One long poll for all that is followed: a browser keeps six connections to a server, for all tabs together, and a press
// needs one, too.
export async function listen() {
  for (;;) {
    const began = Date.now();
    try {
      const known = [...followed].filter(([, f]) => f.since !== null).map(([name, f]) => [name, String(f.since)]);
      const now = await json(`/control/demo/any?${new URLSearchParams(known)}`);
      if (!now) return followed.forEach((f, name) => name !== "demo" && poll(name, f));
      const stale = [...followed].filter(([name, f]) => now[name] !== f.since);
      await Promise.all(stale.map(([name, f]) => bring(name, f)));
      for (const f of followed.values()) f.away(false);
      // A server that does not hold the poll must not be asked without end.
      if (!stale.length && Date.now() - began < 500) await pause(1500);
    } catch (error) {
      if (!(error instanceof TypeError) && error.message !== "not there") console.error(error);
      followed.forEach(lost);
      await pause(3000);
    }
  }
}
