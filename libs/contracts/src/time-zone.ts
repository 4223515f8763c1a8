/** Old names of ICU, such as PST or IST, which Node takes: some mean several places, none is of the IANA database, and Temporal refuses them. */
const OF_ICU = /^(ac|ae|ag|ar|as|be|bs|ca|cn|cs|ct|ea|ec|ie|is|js|mi|ne|ns|pl|pn|pr|ps|ss|vs)t$/i;

/** Whether windows can be computed in a zone of this name: IANA's alone. */
export function isTimeZone(name: string): boolean {
  let known = asked.get(name);
  if (known === undefined) {
    known = isKnown(name);
    if (asked.size >= MOST_ASKED) asked.clear();
    asked.set(name, known);
  }
  return known;
}

/** Asking costs 20 µs, and each policy that is read asks. Devices report what they like: not all of it is kept. */
const asked = new Map<string, boolean>();
const MOST_ASKED = 2_000;

function isKnown(name: string): boolean {
  // Node takes offsets such as +02:00 as well: they are no zones.
  if (!/^[A-Za-z]/.test(name) || OF_ICU.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
