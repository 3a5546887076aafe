// Building and parsing elements without inline styles or markup in strings.

type Attributes = Record<string, string | boolean>;

/** An element with attributes (true: present, false: absent) and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
    name: K,
    attributes: Attributes = {},
    ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (value === true) made.setAttribute(key, "");
        else if (value !== false) made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
}

interface TrustedTypes {
    createPolicy(name: string, rules: { createHTML: (html: string) => string }): {
        createHTML(html: string): string;
    };
}

const trusted = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy(
    "chartrelay",
    { createHTML: (html) => html },
);

/** A page of our own server, parsed and inert: no script in it runs. */
function parsePage(html: string): Document {
    return new DOMParser().parseFromString(trusted?.createHTML(html) ?? html, "text/html");
}

/**
 * The page as the server would draw it now; undefined when it can't be had. The header tells the
 * server that no one clicked, so that a page left open does not keep its session alive.
 */
export async function fetchPage(): Promise<Document | undefined> {
    try {
        const headers = { accept: "text/html", "x-background": "1" };
        const answer = await fetch(location.href, { headers });
        return answer.ok && !answer.redirected ? parsePage(await answer.text()) : undefined;
    } catch {
        return undefined;
    }
}

/** Markup that our own server has drawn, inert: what a person wrote is only text in it. */
export function parseFragment(html: string): DocumentFragment {
    const made = new DocumentFragment();
    for (const node of [...parsePage(html).body.childNodes]) made.append(document.importNode(node, true));
    return made;
}

/** Whether keys typed now go into a text. */
export function isTyping(target: EventTarget | null): boolean {
    if (!(target instanceof HTMLElement)) return false;
    if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
    if (target instanceof HTMLSelectElement) return true;
    const textless = ["checkbox", "radio", "button", "submit", "reset", "file", "range", "color"];
    return target instanceof HTMLInputElement && !textless.includes(target.type);
}
