// What a board's calls do before the server has done them, and how they are undone.

export const effects = {
  add_card: (draft, { id, title, column, rank = 0 }) => draft.table('card').insert({ id, title, column, rank, color: '' }),
  move_card: (draft, { id, column, rank }) => draft.table('card').update(id, { column, rank }),
  edit_card: (draft, { id, title, color = '' }) => draft.table('card').update(id, { title, color }),
  remove_card: (draft, { id }) => draft.table('card').delete(id),
};

const undoing = (reducer, args) => ({ reducer, args });

export const inverses = {
  add_card: ({ id }) => undoing('remove_card', { id }),
  move_card: ({ id }, rows) => {
    const before = rows.table('card').get(id);
    return before ? undoing('move_card', { id, column: before.column, rank: before.rank }) : null;
  },
  edit_card: ({ id }, rows) => {
    const before = rows.table('card').get(id);
    return before ? undoing('edit_card', { id, title: before.title, color: before.color }) : null;
  },
  /** Its remarks are somebody's own words, and do not come back. */
  remove_card: ({ id }, rows) => {
    const before = rows.table('card').get(id);
    if (!before) return null;
    const { title, column, rank, color } = before;
    return [undoing('add_card', { id, title, column, rank }), ...(color ? [undoing('edit_card', { id, title, color })] : [])];
  },
};
