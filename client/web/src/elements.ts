// The page's own elements, and new ones. Text becomes text and never markup, whoever wrote it.

/** The element of this id, which index.html has. Throws where it is missing or of another kind. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} with the id ${id}`);
  return found;
}

/** As `byId`, by a selector inside `parent`. */
export function within<Kind extends HTMLElement>(parent: ParentNode, selector: string, kind: new () => Kind): Kind {
  const found = parent.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`there is no ${kind.name} at ${selector}`);
  return found;
}

/** A new element; strings among `children` become text nodes. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

/** Name and value beside each other, for a `dl`. */
export function entry(name: string, value: string): [HTMLElement, HTMLElement] {
  return [make("dt", {}, name), make("dd", {}, value)];
}
