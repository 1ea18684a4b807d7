// What the server hands to the chat's scripts, as `npx tsc` knows it: rows and frames (docs/protocol.md; models.py, wire/), pages of
// history (reading.py), and what a conversation's page is given at its start (page/data.py). They change together.

declare namespace Wire {
  type Sign = "heart" | "hug" | "strong" | "thanks" | "same" | "celebrate";

  /** A message by its id and its seq. */
  interface Answered {
    id: string;
    seq: number;
  }

  interface Row {
    id: string;
    channel: string;
    seq: number;
    version: number;
    kind: "text" | "notice";
    /** Null where the account is gone. */
    author: string | null;
    client_id: string;
    sent: string;
    edited: string | null;
    deleted: string | null;
    hidden: boolean;
    pinned: boolean;
    /** Of a notice: what happened. Null where the text is gone. */
    body: string | null;
    html: string | null;
    reply_to: Answered | null;
    reactions: { emoji: Sign; by: string[] }[];
    attachments: [];
    mentions: string[];
  }

  interface Person {
    id: string;
    name: string;
    picture?: string;
    role?: "facilitator";
  }

  interface Channel {
    id: string;
    name: string;
    seq: number;
    version: number;
    read: number;
    unread: number;
    /** In the page alone: whether something was begun there. */
    draft?: boolean;
    /** In `ready` and `joined` alone. */
    facilitators?: string[];
  }

  interface History {
    rows: Row[];
    people: Person[];
    members: string[];
    version: number;
    more: boolean;
    quoted: Row[];
  }

  // ------------------------------------------------------------ frames to the client

  type Reason = "left" | "removed" | "ended";

  interface Ready {
    type: "ready";
    me: Person;
    people: Person[];
    channels: Channel[];
  }

  interface Changes {
    type: "changes";
    channel: string;
    after: number;
    upto: number;
    messages: Row[];
  }

  interface Ack {
    type: "ack";
    client_id: string;
    channel: string;
    message: Row;
  }

  interface Reset {
    type: "reset";
    channel: string;
    version: number;
  }

  interface Read {
    type: "read";
    channel: string;
    seq: number;
    unread: number;
    version: number;
  }

  interface Joined {
    type: "joined";
    channel: Channel;
    people?: Person[];
  }

  interface Left {
    type: "left";
    channel: string;
    reason: Reason;
  }

  /** How many notifications are unread. */
  interface Inbox {
    type: "inbox";
    count: number;
    version: number;
  }

  interface Refusal {
    type: "error";
    code: string;
    /** A sentence for people. */
    detail: string;
    client_id?: string;
    ref?: string;
    /** Seconds. */
    retry_after?: number;
  }

  type Frame =
    | Ready
    | Changes
    | Ack
    | Reset
    | Read
    | Joined
    | Left
    | Inbox
    | Refusal
    | { type: "synced"; channel: string }
    | ({ type: "person" } & Person)
    | { type: "typing"; channel: string; member: string }
    | { type: "ok"; ref: string }
    | { type: "pong" };

  // ------------------------------------------------------------ frames to the server

  /** A message by its id, or one's own by the number under which it was sent. */
  type OfOne = { id: string } | { client_id: string };

  /** What is answered with `ok`. */
  type Order = (OfOne & { type: "edit"; body: string }) | (OfOne & { type: "delete"; on?: boolean }) | { type: "react"; id: string; emoji: Sign; on: boolean };

  type Sent =
    | { type: "hello"; v: 1; cursors?: Record<string, number>; channels?: false }
    | { type: "send"; channel: string; client_id: string; body: string; reply_to?: string }
    | { type: "read"; channel: string; seq: number; back?: boolean }
    | { type: "typing"; channel: string }
    | { type: "sync"; channel: string; after: number }
    | { type: "ping" }
    | (Order & { ref: string });

  // ------------------------------------------------------------ what the page is given

  interface Handover extends History {
    channel: string;
    group: string;
    me: string;
    settings: { aloud: "all" | "mentions" | "none"; enter: "sends" | "new_line" | "device"; shows_writing: boolean };
    /** What the page was asked to answer. */
    answered: Row | null;
    now: string;
    /** Seconds for which what was removed can come back. */
    kept: number;
    signs: { emoji: Sign; label: string }[];
    blocked: string[];
    seq: number;
    draft: string;
    /** Base64. Taken away once they are known to the vault. */
    keys?: string[];
    channels: Channel[];
    limit: number;
    language: string;
    zone: string;
    /** Seconds since 1970, and minutes ahead of UTC from then on. */
    offsets: [number, number][];
    twelve_hours: boolean;
    urls: Urls;
    words: Say;
  }

  type Urls = Record<
    "conversation" | "history" | "draft" | "links" | "block" | "groups" | "help" | "sign_in" | "sign_out",
    string
  >;

  /** A sentence with a number in it, in each form that the language has. */
  type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

  type Counted =
    | "announce_mentions"
    | "characters_left"
    | "characters_over"
    | "people"
    | "pill"
    | "readers"
    | "readers_short"
    | "unread";

  type Word =
    | "again" | "am" | "and" | "announce_mention" | "announce_one" | "answer_gone" | "answering" | "answering_own" | "asks" | "asks_day"
    | "before_you_came" | "blocked" | "cancel" | "copied" | "edit_empty" | "editing" | "first" | "former" | "groups" | "help"
    | "hidden" | "latest" | "left_heading" | "loading" | "loading_newer" | "newer_failed" | "not_copied" | "not_done" | "not_loaded" | "not_saved"
    | "not_sent" | "older_failed" | "outdated" | "paused" | "pm" | "reconnecting" | "reload" | "removed" | "replaced" | "save" | "saved"
    | "second_step" | "send" | "sending" | "sent" | "sign_in" | "signed_out" | "somebody" | "take_step" | "taking_back" | "today" | "undo" | "unseen"
    | "unsent" | "use_here" | "waiting" | "yesterday" | "you" | "you_too";

  type Say = Record<Word, string> &
    Record<Counted, Forms> & {
      /** By what happened, and "other". */
      notices: Record<string, string>;
      later_readers: Record<string, string>;
      out_of_group: Record<Reason, string>;
      typing: Record<"one" | "two" | "many", string>;
    };
}
