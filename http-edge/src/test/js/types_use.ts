// Uses the types of a module as a client does. Nothing here runs: the compiler checks it, and wants each @ts-expect-error to be one.
import { schema, type Mood, type Point, type Sample, type Schema } from './sample_types.ts';

type TableName = keyof Schema['tables'];
type Row<T extends TableName> = Schema['tables'][T]['row'];
type KeyOf<T extends TableName> = Schema['tables'][T]['key'];

declare function find<T extends TableName>(table: T, key: KeyOf<T>): Row<T> | undefined;
declare function call<R extends keyof Schema['reducers']>(reducer: R, args: Schema['reducers'][R]): Promise<void>;
declare function anyRow(row: Record<string, unknown>): void;

const sample = find('sample', 7);
if (sample !== undefined) {
  const mood: Mood = sample.mood;
  const note: string | null = sample.note;
  const big: number | string = sample.big_count;
  const path: readonly Point[] = sample.path;
  const moods: Mood[] | null = sample.moods;
  // @ts-expect-error: it may be a string
  const small: number = sample.big_count;
  // @ts-expect-error: what it is has to be looked at first
  const extra: { a: number } = sample.extra;
  anyRow(sample);
  void [mood, note, big, path, moods, small, extra];
}

find('seat', [1, 2])?.guest.toUpperCase();
find('skein_member', 'a'.repeat(64))?.role;
// @ts-expect-error: both parts of the key
find('seat', 1);
// @ts-expect-error: a table without a key
find('remark', 'word');
// @ts-expect-error: no such table
find('nothing', 1);

void call('put_team', { id: 't1', name: 'One' });
void call('do_nothing', {});
void call('skein_leave', {});
// @ts-expect-error: a name is needed
void call('put_team', { id: 't1' });
// @ts-expect-error: there is no such mood
const wrong: Pick<Sample, 'mood'> = { mood: 'CROSS' };
void wrong;

// What a client knows while it runs goes with what the compiler knows.
const tables: { [T in TableName]: { readonly key: readonly string[]; readonly event: boolean } } = schema.tables;
const one: 1 = schema.version;
const seatKey: readonly ['row_no', 'seat_no'] = schema.tables.seat.key;
const isEvent: true = schema.tables.ping_event.event;
void [tables, one, seatKey, isEvent];
