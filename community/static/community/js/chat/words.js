// Words and times, in the reader's language and zone. The strings themselves come with the page.

/** Return `text` with each {name} replaced by what `values` holds. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The day before a day, both as 2026-11-23. By the calendar: where the clocks change a day has 23 or 25 hours. */
function dayBefore(key) {
  const day = new Date(key);
  day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

/** How to format moments (ms) in a zone: as what zone, and how far moved. `offsets` say it of a zone that this browser does not know. */
function zoned(zone, offsets) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return { timeZone: zone, moved: (moment) => moment };
  } catch {
    const ahead = (moment) => (offsets.findLast(([from]) => from * 1_000 <= moment) ?? offsets[0])[1] * 60_000;
    return { timeZone: "UTC", moved: (moment) => moment + ahead(moment) };
  }
}

export class Words {
  constructor({ words, language, zone, offsets, twelve_hours: twelveHours }) {
    const { timeZone, moved } = zoned(zone, offsets);
    this.say = words;
    this.#moved = moved;
    this.order = new Intl.Collator(language, { numeric: true }); // of names; community/kit/order.py is the same
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

  /** Return the form of `forms` ({one, other}) for `n`, filled in. */
  count(forms, n, values = {}) {
    return fill(forms[this.#plurals.select(n)] ?? forms.other, { n, ...values });
  }

  /** Return how many there are as people read it: "7", or "99+". */
  few(n) {
    return n < 100 ? String(n) : "99+";
  }

  /** Return the time of day of a moment (ms), as the server writes it. */
  clock(moment) {
    const [hour, minute] = this.#time.format(this.#moved(moment)).split(":");
    if (!this.#twelveHours) return `${hour}:${minute}`;
    return `${Number(hour) % 12 || 12}:${minute} ${Number(hour) < 12 ? this.say.am : this.say.pm}`;
  }

  /** Return the day of a moment as 2026-11-23, in the reader's zone. */
  dayKey(moment) {
    return this.#key.format(this.#moved(moment));
  }

  get today() {
    return this.dayKey(Date.now());
  }

  /** Return the day in words, with the year where it is another one. */
  dayName(moment) {
    const key = this.dayKey(moment);
    if (key === this.today) return this.say.today;
    if (key === dayBefore(this.today)) return this.say.yesterday;
    const part = Object.fromEntries(this.#day.formatToParts(this.#moved(moment)).map(({ type, value }) => [type, value]));
    const year = part.year === this.today.slice(0, 4) ? "" : `, ${part.year}`;
    return `${part.weekday}, ${part.month} ${part.day}${year}`;
  }
}
