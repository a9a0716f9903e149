// Copies of the page's templates.

/** Return a copy of a template's content: its only element, or a fragment of several. */
export function piece(name) {
  const copy = document.getElementById(`${name}-piece`).content.cloneNode(true);
  return copy.children.length === 1 ? copy.firstElementChild : copy;
}

/** Return what finds `[data-name]` inside an element. */
export function parts(element) {
  return (name) => element.querySelector(`[data-${name}]`);
}
