// Words and times, in the reader's language and zone. The strings themselves come with the page.

/** Return `text` with each {name} replaced by what `values` holds. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export class Words {
  constructor({ words, language, zone, twelve_hours: twelveHours }) {
    this.say = words;
    this.#plurals = new Intl.PluralRules(language);
    this.#twelveHours = twelveHours;
    this.#time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
    this.#key = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone });
    this.#day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: zone });
  }

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
    const [hour, minute] = this.#time.format(moment).split(":");
    if (!this.#twelveHours) return `${hour}:${minute}`;
    return `${Number(hour) % 12 || 12}:${minute} ${Number(hour) < 12 ? this.say.am : this.say.pm}`;
  }

  /** Return the day of a moment as 2026-11-23, in the reader's zone. */
  dayKey(moment) {
    return this.#key.format(moment);
  }

  /** Return the day in words, with the year where it is another one. */
  dayName(moment) {
    const key = this.dayKey(moment);
    if (key === this.dayKey(Date.now())) return this.say.today;
    if (key === this.dayKey(Date.now() - 86_400_000)) return this.say.yesterday;
    const part = Object.fromEntries(this.#day.formatToParts(moment).map(({ type, value }) => [type, value]));
    const year = part.year === this.dayKey(Date.now()).slice(0, 4) ? "" : ` ${part.year}`;
    return `${part.weekday} ${part.day} ${part.month}${year}`;
  }
}
