// What this browser keeps between visits. One that forbids it forgets, and the page works all the same.

export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Full or forbidden: nothing that matters is kept here.
  }
}
