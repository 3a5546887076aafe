// Which people of the board are shown: by words of their name, team, country, skill and work.

interface Wanted {
    words: string[];
    team: string;
    country: string;
    skill: string;
    kind: string;
}

export function attachPeopleFilter(): void {
    const form = document.querySelector<HTMLFormElement>("[data-people-filter]");
    if (!form) return;
    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    document.addEventListener("live:refreshed", show);
    show();
}

/** Everybody who fits; while somebody is looked for, those off shift are shown, too. */
function show(): void {
    const form = document.querySelector<HTMLFormElement>("[data-people-filter]");
    if (!form) return;
    const entered = new FormData(form);
    const value = (name: string) => String(entered.get(name) ?? "");
    const words = value("words").toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = {
        words,
        team: value("team"),
        country: value("country"),
        skill: value("skill"),
        kind: value("kind"),
    };
    let shown = 0;
    let away = 0;
    for (const row of document.querySelectorAll<HTMLElement>("tr[data-person]")) {
        row.hidden = !fits(row.dataset, wanted);
        if (row.hidden) continue;
        shown += 1;
        if (row.closest("#away")) away += 1;
    }
    const folded = document.querySelector<HTMLDetailsElement>("#away");
    if (folded && words.length > 0 && away > 0) folded.open = true;
    const count = document.querySelector('[data-show="away-count"]');
    if (count) count.textContent = String(away);
    const none = document.querySelector<HTMLElement>("[data-nobody-found]");
    if (none) none.hidden = shown > 0;
}

function fits(person: DOMStringMap, wanted: Wanted): boolean {
    const has = (list: string | undefined, one: string) => one === "" || (list ?? "").split(" ").includes(one);
    const name = (person.name ?? "").toLowerCase();
    return (
        wanted.words.every((word) => name.includes(word)) &&
        (wanted.team === "" || person.team === wanted.team) &&
        (wanted.country === "" || person.country === wanted.country) &&
        has(person.skills, wanted.skill) &&
        has(person.kinds, wanted.kind)
    );
}
