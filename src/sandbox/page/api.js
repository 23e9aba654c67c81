// The controls of the stand-ins. The page has no state of its own that counts: it shows what they say.

import { toast } from "./dom.js";
import { word } from "./words.js";

async function json(path, init) {
  const answer = await fetch(path, init);
  if (answer.status === 404) return null;
  return answer.json();
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
    if (!answer || answer.ok === false) toast(`${word("failed")}: ${answer?.error ?? "404"}`);
    // Only what goes to the app can be left unanswered by it.
    else if (answer.acked === false && /(press|choose|submit|command)$/.test(path)) toast(answer.error ? `${word("unhandled")} (${answer.error})` : word("unhandled"));
    return answer;
  } catch (error) {
    toast(`${word("failed")}: ${error.message}`);
    return null;
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Shows `state` now and after every change. The long poll may answer with the whole state or only say that there is a
// new one; a server that is away is asked again, calmly.
export async function follow(name, show, away) {
  let since = null;
  for (;;) {
    const began = Date.now();
    try {
      let state = since === null ? null : await json(`/control/${name}/wait?since=${since}`);
      if (since === null || !(state && ("channels" in state || "google" in state))) state = await json(`/control/${name}/state`);
      if (!state) throw new Error("not there");
      if (state.revision !== since) show(state);
      // A server that does not hold the poll must not be asked without end.
      else if (Date.now() - began < 500) await pause(1500);
      since = state.revision ?? 0;
      away(false);
    } catch (error) {
      if (!(error instanceof TypeError) && error.message !== "not there") console.error(error);
      away(true);
      since = null;
      await pause(3000);
    }
  }
}

// The demo's own state, with what the bot does inside; where only the stand-ins run there is none.
export async function demo(show) {
  let since = null;
  for (;;) {
    const began = Date.now();
    const path = since === null ? "/control/demo/state" : `/control/demo/wait?since=${since}`;
    const state = await json(path).catch(() => undefined);
    if (state === null && since === null) return;
    if (state) show(state);
    since = state?.revision ?? null;
    // Neither a server that is away nor one that does not hold the poll is asked without end.
    if (!state) await pause(3000);
    else if (since === null || Date.now() - began < 100) await pause(1000);
  }
}
