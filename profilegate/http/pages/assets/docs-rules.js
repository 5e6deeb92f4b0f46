// A plugin: shows the rules of a spec, its x- keys, in words beside each field.
import { operations } from "./docs-spec.js";

const BASES = {
  documented: "documented",
  example: "from the provider's sample",
  inferred: "inferred",
  assumed: "our assumption",
};

const NULLS = {
  unchanged: "null is as not sent",
  removes: "null removes the value",
  absent: "null is as not sent",
};

/** The words of each key that matters to a caller; `facts` are those of the whole spec. */
const WORDS = {
  "x-lock": (value, facts) => {
    const { when, document_types: types } = typeof value === "string" ? { when: value } : value;
    const words = when === "always" ? "locked: takes no new value" : `locked once ${state(when, facts)}`;
    return { text: words + forTypes(types), kind: "bad" };
  },
  "x-mask": (value) => ({
    text: `masked in responses: five stars and the last four characters${forTypes(value.document_types)}`,
    kind: "warn",
  }),
  "x-pii": () => ({ text: "personal", kind: "info" }),
  "x-whole": () => ({ text: "replaced whole: a part that is not sent is removed", kind: "" }),
  "x-omitted": () => ({ text: "stays when it is not sent", kind: "" }),
  "x-documents": (value) => ({
    text:
      value.on_same_type === "archive"
        ? "a new document archives the one of its type"
        : "a new document replaces the one of its type",
    kind: "",
  }),
  "x-only": () => ({ text: "a text of another form is not shown", kind: "" }),
  "x-applies": (value) => ({ text: `for accounts with ${conditions(value)}`, kind: "" }),
  "x-requires": (value) => ({ text: `needs an account with ${conditions(value)}`, kind: "warn" }),
  "x-rate-limit": ({ requests, seconds }) => ({
    text: `${requests} requests in ${seconds} s`,
    kind: "warn",
  }),
  "x-profile": (value) => ({
    text: typeof value === "string" ? `shared as ${value}` : `shared as ${value.at}, in the form ${value.as}`,
    kind: "",
  }),
};

/** The name of a state, with the values that define it: "VERIFIED". */
function state(name, facts) {
  const values = Object.values(facts.states[name] ?? {});
  return values.every((value) => typeof value === "string") && values.length
    ? values.join(" and ")
    : name.toUpperCase();
}

function forTypes(types) {
  return types === undefined ? "" : ` (for ${types.join(", ")})`;
}

function conditions(value) {
  const parts = Object.entries(value).map(([path, wanted]) => `${path.replace("account.", "")} ${wanted}`);
  return parts.join(" and ");
}

/** The rules of a node in plain objects, as words. */
export function wordsOf(node, facts) {
  const words = Object.entries(WORDS)
    .filter(([key]) => node[key] !== undefined)
    .map(([key, word]) => word(node[key], facts));
  if (node.nullable === true && facts.nulls !== undefined) {
    words.push({ text: NULLS[facts.nulls], kind: "" });
  }
  return words;
}

/** How we know a rule: "documented: the sentence". */
export function basisOf(node) {
  const basis = BASES[node["x-basis"]];
  const note = node["x-note"];
  if (basis === undefined) {
    return note === undefined ? null : { basis: "note", note };
  }
  return { basis, note };
}

function factsOf(spec) {
  return { states: spec["x-lock-states"] ?? {}, nulls: spec["x-null"] };
}

/** The plugin for a spec. */
export function rules(spec) {
  const facts = factsOf(spec);
  return (system) => {
    const create = system.React.createElement;

    const Rules = ({ node }) => {
      const words = wordsOf(node, facts);
      const known = basisOf(node);
      if (!words.length && known === null) {
        return null;
      }
      return create(
        "div",
        { className: "rules" },
        ...words.map(({ text, kind }) =>
          create("span", { className: `badge ${kind}`, key: text }, text),
        ),
        known &&
          create(
            "span",
            { className: "basis" },
            create("b", null, known.basis),
            known.note ? `: ${known.note}` : "",
          ),
      );
    };

    /** The keys of one node, without those of the nodes in it. */
    const own = (map) =>
      map
        .filter((_, key) => key.startsWith("x-") || key === "nullable")
        .toJS();

    /** A component of Swagger UI with the rules below it; `find` gets the node from its props. */
    const followedBy = (find) => (Original) => (props) => {
      const node = find(props);
      return create(
        system.React.Fragment,
        null,
        create(Original, props),
        node?.filter ? create(Rules, { node: own(node) }) : null,
      );
    };

    const withoutKeys = (Original) => (props) =>
      create(Original, {
        ...props,
        schema: props.schema?.filterNot?.((_, key) => key.startsWith("x-")) ?? props.schema,
      });

    /** A scalar has nothing to hide. */
    const opened = (Original) => (props) => create(Original, { ...props, expandDepth: Infinity });

    return {
      wrapComponents: {
        Model: followedBy(({ schema }) => schema),
        PrimitiveModel: opened,
        // It prints every key of a schema that it does not know.
        ArrayModel: withoutKeys,
      },
    };
  };
}

/** Say the rules of operations and parameters in their descriptions. */
export function describeRules(spec) {
  const facts = factsOf(spec);
  const nodes = operations(spec).flatMap((operation) => [operation, ...operation.parameters]);
  for (const node of nodes) {
    const words = wordsOf(node, facts).map(({ text }) => text);
    const known = basisOf(node);
    const basis = known && `**${known.basis}**${known.note ? `: ${escaped(known.note)}` : ""}`;
    const parts = [node.description, words.join(" · "), basis];
    node.description = parts.filter(Boolean).join("\n\n");
  }
}

/** A text that Markdown shows as it is. */
function escaped(text) {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, "\\$&");
}
