// Which language is written in which room, as the demo's settings have it. Where nobody says, the cards tell.

const spoken = new Map();

// True when it is known for the first time.
export function learnRooms(list) {
  const first = spoken.size === 0 && list.length > 0;
  for (const { room, language } of list) spoken.set(room, language);
  return first;
}

export const speaks = (room) => spoken.get(room);
