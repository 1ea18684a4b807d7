// What a reader sees of a text. community/kit/text/seen.py asks the same; both change together.

const UNSEEN = String.raw`\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{13441}\u{13442}\u{1d159}`;
const SEEN = new RegExp(String.raw`[^\s\p{Z}\p{Cc}\p{Cs}\p{Mn}\p{Me}\p{Noncharacter_Code_Point}${UNSEEN}]`, "u");

/**
 * Whether a reader sees anything of it.
 * @param {string} text
 */
export function holdsSomething(text) {
  return SEEN.test(text);
}
