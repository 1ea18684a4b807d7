// Who is known, who takes part, and who looks after the group. Ids may be null where an account is gone.

export class Roster {
  /** @type {Map<string | null, Wire.Person>} */
  people = new Map();
  /** @type {Set<string | null>} */
  members = new Set();
  /** @type {Set<string | null>} */
  facilitators = new Set();

  /** @param {Wire.Person[]} people */
  meet(people = []) {
    for (const person of people) this.people.set(person.id, person);
  }

  /**
   * A page says who takes part now, and who looks after the group.
   * @param {Pick<Wire.History, "people" | "members">} page
   */
  settle({ people, members }) {
    this.members = new Set(members);
    this.facilitators = new Set(people.filter(({ role }) => role === "facilitator").map(({ id }) => id));
  }

  /**
   * A notice says what happened to somebody.
   * @param {Wire.Row} notice
   */
  note({ body, author }) {
    const leaves = body === "left" || body === "removed";
    if (body === "joined") this.members.add(author);
    if (leaves) this.members.delete(author);
    if (body === "appointed") this.facilitators.add(author);
    if (leaves || body === "stepped_down") this.facilitators.delete(author);
  }
}
