// What a person has filled into a view so far. It outlives redrawing: an updated view keeps what was typed.

const forms = new Map(); // view id -> Form

const INITIAL = ["initial_value", "initial_option", "initial_options", "initial_user", "initial_users", "initial_conversation", "initial_conversations", "initial_channel", "initial_channels", "initial_date", "initial_time", "initial_date_time"];

export function formOf(viewId) {
  if (!forms.has(viewId)) forms.set(viewId, new Form());
  return forms.get(viewId);
}

export function forget(open) {
  for (const id of forms.keys()) if (!open.has(id)) forms.delete(id);
}

class Form {
  values = {}; // block_id -> action_id -> value
  errors = {}; // block_id -> words
  trouble = ""; // about the whole form
  wrong = null; // the first block with an error, until the cursor is there
  sending = false;

  set(block, it, value) {
    (this.values[block.block_id] ??= {})[it.action_id] = value;
  }

  // What stands in the element: what was filled in, else what it begins with. Menus give values, not options.
  get(block, it) {
    const given = this.values[block.block_id];
    if (given && it.action_id in given) return plain(given[it.action_id]);
    const name = INITIAL.find((each) => it[each] !== undefined && it[each] !== null);
    const many = it.type.startsWith("multi_") || it.type === "checkboxes" || it.type === "file_input";
    if (name === undefined) return many ? [] : null;
    if (it.type.endsWith("external_select")) return it[name];
    return many ? it[name].map((each) => each.value ?? each) : plain(it[name].value ?? it[name]);
  }

  // As the server takes it: only what somebody touched, and only where it still stands in the view.
  filled(blocks) {
    const there = new Set(blocks.map((block) => block.block_id));
    return Object.fromEntries(Object.entries(this.values).filter(([block]) => there.has(block)));
  }
}

const plain = (value) => (value?.type === "rich_text" ? (value.elements[0]?.elements[0]?.text ?? "") : value);
