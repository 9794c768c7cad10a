/** Makes an element. Texts become text and nothing else, whatever a package says. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string>,
  ...content: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

export function replace(parent: HTMLElement, ...content: (Node | string)[]): void {
  parent.replaceChildren(...content);
}
