// Both chats as the rest of the page speaks to them: the same person sits in front of both, and a card may be in both.

import { changePersonInDiscord, discordState, followDiscord, lookAgainInDiscord, preferLanguageInDiscord, redrawDiscord, showItemInDiscord, startDiscord } from "./discord.js";
import { isOnScreen, turnTo } from "./sides.js";
import { changePerson, followSlack, lookAgain, preferLanguage, redraw, showItem, slackState, startSlack } from "./slack.js";

export function startChats() {
  startSlack();
  startDiscord();
}

export function followChats(changed) {
  followSlack(changed);
  followDiscord(changed);
}

export function redrawChats() {
  redraw();
  redrawDiscord();
}

export function changePersonInChats() {
  changePerson();
  changePersonInDiscord();
}

export function preferLanguageInChats(chosen) {
  preferLanguage(chosen);
  preferLanguageInDiscord(chosen);
}

export function lookAt(side) {
  if (side === "slack") lookAgain();
  if (side === "discord") lookAgainInDiscord();
}

// The card of an item, in both; where only one chat fits, in the one that is there.
export function showCard(item) {
  const wanted = isOnScreen("discord") && !isOnScreen("slack") ? "discord" : "slack";
  const there = { discord: showItemInDiscord(item), slack: showItem(item) };
  const side = there[wanted] ? wanted : Object.keys(there).find((name) => there[name]);
  if (side && !isOnScreen(side)) {
    turnTo(side);
    if (side === "slack") showItem(item);
    else showItemInDiscord(item);
  }
}

// What went wrong in front of people, for a page without a demo behind it.
export const failures = () => [...(slackState()?.failures || []), ...(discordState()?.failures || [])].sort((a, b) => a.at.localeCompare(b.at));
