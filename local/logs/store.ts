/** A line that a function wrote. */
export interface LogEvent {
  /** Rises with each event of the store. */
  readonly id: number;
  readonly group: string;
  readonly stream: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

export interface LogStore {
  /** Creates a group; otherwise its first line does. */
  createGroup(name: string): void;
  append(group: string, stream: string, message: string): void;
  /** All groups with their creation times in milliseconds since the epoch, sorted by name. */
  groups(): readonly (readonly [name: string, createdAt: number])[];
  /** The events of a group that are still kept, oldest first. */
  eventsOf(group: string): readonly LogEvent[];
}

/** How many characters all messages may have together; the oldest events are dropped first. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** What an event counts in addition to its message, in characters. */
const EVENT_OVERHEAD = 200;

/** Keeps the latest output of the functions, as much as fits. */
export function createLogStore(now: () => number, maxCharacters = MAX_CHARACTERS): LogStore {
  const created = new Map<string, number>();
  let events: LogEvent[] = [];
  let size = 0;
  let nextId = 0;
  const sizeOf = ({ message }: LogEvent) => message.length + EVENT_OVERHEAD;
  const createGroup = (name: string) => {
    if (!created.has(name)) created.set(name, now());
  };

  return {
    createGroup,
    append(group, stream, message) {
      createGroup(group);
      const event = { id: nextId++, group, stream, timestamp: now(), message };
      events.push(event);
      size += sizeOf(event);
      if (size <= maxCharacters) return;
      // Drops a quarter at once, because removing from the front moves all other events.
      let gone = 0;
      while (gone < events.length && size > maxCharacters * 0.75) size -= sizeOf(events[gone++] as LogEvent);
      events = events.slice(gone);
    },
    groups: () => [...created].sort(([one], [other]) => (one < other ? -1 : 1)),
    eventsOf: (group) => events.filter((event) => event.group === group),
  };
}
