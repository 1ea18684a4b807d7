// Words and times, in the reader's language and zone. The strings themselves come with the page.

/**
 * Return `text` with each {name} replaced by what `values` holds.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * The day before a day, both as 2026-11-23. By the calendar: where the clocks change a day has 23 or 25 hours.
 * @param {string} key
 */
function dayBefore(key) {
  const day = new Date(key);
  day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

/**
 * How to format moments (ms) in a zone: as what zone, and how far moved. `offsets` say it of a zone that this browser does not know.
 * @param {string} zone
 * @param {[from: number, ahead: number][]} offsets
 * @returns {{ timeZone: string, moved: (moment: number) => number }}
 */
function zoned(zone, offsets) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return { timeZone: zone, moved: (moment) => moment };
  } catch {
    /** @param {number} moment */
    const ahead = (moment) => (offsets.findLast(([from]) => from * 1_000 <= moment) ?? offsets[0])[1] * 60_000;
    return { timeZone: "UTC", moved: (moment) => moment + ahead(moment) };
  }
}

export class Words {
  /** @param {Pick<Wire.Handover, "words" | "language" | "zone" | "offsets" | "twelve_hours">} page */
  constructor({ words, language, zone, offsets, twelve_hours: twelveHours }) {
    const { timeZone, moved } = zoned(zone, offsets);
    this.say = words;
    this.#moved = moved;
    this.order = new Intl.Collator(language, { numeric: true }); // of names; community/kit/text/order.py is the same
    this.#plurals = new Intl.PluralRules(language);
    this.#twelveHours = twelveHours;
    this.#time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
    this.#key = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone });
    this.#day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone });
  }

  #moved;
  #plurals;
  #twelveHours;
  #time;
  #key;
  #day;

  /**
   * Return the form of `forms` for `n`, filled in.
   * @param {Wire.Forms} forms
   * @param {number} n
   * @param {Record<string, string | number>} values
   */
  count(forms, n, values = {}) {
    return fill(forms[this.#plurals.select(n)] ?? forms.other, { n, ...values });
  }

  /**
   * Return how many there are as people read it: "7", or "99+".
   * @param {number} n
   */
  few(n) {
    return n < 100 ? String(n) : "99+";
  }

  /**
   * Return the time of day of a moment (ms), as the server writes it.
   * @param {number} moment
   */
  clock(moment) {
    const time = this.#time.format(this.#moved(moment));
    if (!this.#twelveHours) return time;
    const [hour, minute] = time.split(":");
    return `${Number(hour) % 12 || 12}:${minute} ${Number(hour) < 12 ? this.say.am : this.say.pm}`;
  }

  /**
   * Return the day of a moment (ms) as 2026-11-23, in the reader's zone.
   * @param {number} moment
   */
  dayKey(moment) {
    return this.#key.format(this.#moved(moment));
  }

  get today() {
    return this.dayKey(Date.now());
  }

  /**
   * Return the day of a moment (ms) in words, with the year where it is another one.
   * @param {number} moment
   */
  dayName(moment) {
    const key = this.dayKey(moment);
    if (key === this.today) return this.say.today;
    if (key === dayBefore(this.today)) return this.say.yesterday;
    const part = Object.fromEntries(this.#day.formatToParts(this.#moved(moment)).map(({ type, value }) => [type, value]));
    const year = part.year === this.today.slice(0, 4) ? "" : `, ${part.year}`;
    return `${part.weekday}, ${part.month} ${part.day}${year}`;
  }
}
