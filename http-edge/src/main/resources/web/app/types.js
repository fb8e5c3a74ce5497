// Column types as the schema route gives them: the name of a plain type, or { optional | list | enum | record: … }.

/** How a type is called, such as `optional<list<string>>`. */
export function typeText(type) {
  if (typeof type === 'string') return type;
  if (type.optional) return `optional<${typeText(type.optional)}>`;
  if (type.list) return `list<${typeText(type.list)}>`;
  return (type.enum ?? type.record).name;
}

/** What a value has that is there. */
export const inner = (type) => type.optional ?? type;

/** A value to begin with, for arguments that are typed in as JSON. */
export function example(type) {
  if (type.optional) return null;
  if (type.list) return type.list.record ? [example(type.list)] : [];
  if (type.enum) return type.enum.values[0];
  if (type.record) return Object.fromEntries(type.record.columns.map((column) => [column.name, example(column.type)]));
  return { bool: false, int: 0, long: 0, uint: 0, ulong: 0, double: 0, json: {} }[type] ?? '';
}
