// Turns an element into its newer self in place: what is still there stays the same node, so that focus,
// selection, scroll and what was typed survive. Children are told apart by their ids.
//
//   [data-live-keep]   belongs to the page: left alone with all that is in it
//   th[data-sort]      so does a head that sorts
const KEPT = "[data-live-keep], th[data-sort]";
/** What the reader and the page's own scripts set. */
const OWN_ATTRIBUTES = new Set(["open", "hidden", "aria-selected", "tabindex", "title", "data-fit"]);

export function morph(old: Element, fresh: Element): void {
    if (old.matches(KEPT) || isSameTime(old, fresh)) return;
    mergeAttributes(old, fresh);
    mergeChildren(old, fresh);
}

/** A time that is shown already is in the reader's own words. */
function isSameTime(old: Element, fresh: Element): boolean {
    return (
        old instanceof HTMLTimeElement &&
        old.dateTime === fresh.getAttribute("datetime") &&
        old.className === fresh.className
    );
}

function mergeAttributes(old: Element, fresh: Element): void {
    for (const { name, value } of fresh.attributes) {
        if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const { name } of [...old.attributes]) {
        if (!fresh.hasAttribute(name) && !OWN_ATTRIBUTES.has(name)) old.removeAttribute(name);
    }
}

function mergeChildren(old: Element, fresh: Element): void {
    const named = new Map<string, Element>();
    for (const child of old.children) if (child.id) named.set(child.id, child);
    let at: ChildNode | null = old.firstChild;
    for (const wanted of [...fresh.childNodes]) {
        const id = wanted instanceof Element ? wanted.id : "";
        const there = id ? named.get(id) : fits(at, wanted) ? at : undefined;
        if (!there || there.nodeName !== wanted.nodeName) {
            old.insertBefore(document.importNode(wanted, true), at);
            continue;
        }
        if (there === at) at = there.nextSibling;
        else old.insertBefore(there, at);
        if (there instanceof Element && wanted instanceof Element) morph(there, wanted);
        else if (there.nodeValue !== wanted.nodeValue) there.nodeValue = wanted.nodeValue;
    }
    while (at) {
        const next: ChildNode | null = at.nextSibling;
        at.remove();
        at = next;
    }
}

/** Whether a nameless node can become another. */
function fits(at: ChildNode | null, wanted: ChildNode): at is ChildNode {
    if (!at || at.nodeType !== wanted.nodeType || at.nodeName !== wanted.nodeName) return false;
    return !(at instanceof Element && at.id);
}
