//! What a class of DRGs asks of a stay, in the words of the definitions' own lists.

/// A condition. Names are those of lists of the class's own family; `011|PDX` is the list `PDX` of the
/// family that has DRG 011.
#[derive(Debug, Clone, Copy)]
pub(super) enum Need {
    /// The principal diagnosis is in the list.
    Pdx(&'static str),
    /// A secondary diagnosis is.
    Sdx(&'static str),
    /// Any diagnosis is.
    Psdx(&'static str),
    /// A procedure is.
    Op(&'static str),
    /// A procedure of the first list that is no part of a whole combination of the second.
    Beside(&'static str, &'static str),
    /// A procedure of the list begins so.
    Starts(&'static str, &'static str),
    /// Every one of these.
    All(&'static [Need]),
    /// One of these.
    Any(&'static [Need]),
    /// Not this.
    Not(&'static Need),
    /// The procedures in these lists, each counted with its list's weight, add up to so many.
    AddsUp(u32, &'static [(&'static str, u32)]),
    /// Procedures from so many different lists.
    Sites(usize, &'static [&'static str]),
    /// An operating-room procedure that is in none of these lists.
    Operation(&'static [&'static str]),
    /// An extensive one that is in none of these lists.
    Extensive(&'static [&'static str]),
    /// Every secondary diagnosis is in the list.
    OnlySdx(&'static str),
    /// One of these discharge dispositions.
    Discharged(&'static [&'static str]),
    /// A major complication that counts in this class.
    Mcc,
    /// Nothing.
    Always,
    /// What no stay has.
    Never,
}

/// Where a class stands among those of its category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// By the surgical hierarchy, or by its number among the medical ones.
    Usual,
    /// Before the other medical ones.
    Early,
    /// After the other medical ones.
    Late,
    /// After the surgical ones, whatever operations there were: they belong to it.
    WithOperations,
}

/// One class: DRGs that differ by severity only.
#[derive(Debug, Clone, Copy)]
pub(super) struct Class {
    /// Most severe first.
    pub drgs: &'static [u16],
    /// What puts a stay into it.
    pub when: Need,
    /// What puts it into the most severe DRG whatever the complications.
    pub first: Need,
    /// What counts as much as a complication.
    pub second: Need,
    /// Where it stands.
    pub turn: Turn,
    /// Lists of the family that decide nothing here.
    pub aside: &'static [&'static str],
}

impl Class {
    pub(super) const fn new(drgs: &'static [u16], when: Need) -> Self {
        let (first, second) = (Need::Never, Need::Never);
        Self { drgs, when, first, second, turn: Turn::Usual, aside: &[] }
    }

    pub(super) const fn or_first(mut self, need: Need) -> Self {
        self.first = need;
        self
    }

    pub(super) const fn or_second(mut self, need: Need) -> Self {
        self.second = need;
        self
    }

    pub(super) const fn turn(mut self, turn: Turn) -> Self {
        self.turn = turn;
        self
    }

    pub(super) const fn aside(mut self, lists: &'static [&'static str]) -> Self {
        self.aside = lists;
        self
    }

    /// The lists that its conditions name, with those that it leaves aside.
    pub(super) fn names(&self) -> Vec<&'static str> {
        let mut names = self.aside.to_vec();
        for need in [&self.when, &self.first, &self.second] {
            need.names(&mut names);
        }
        names
    }
}

impl Need {
    fn names(&self, into: &mut Vec<&'static str>) {
        match self {
            Self::Pdx(name)
            | Self::Sdx(name)
            | Self::Psdx(name)
            | Self::Op(name)
            | Self::Starts(name, _)
            | Self::OnlySdx(name) => into.push(name),
            Self::All(needs) | Self::Any(needs) => {
                needs.iter().for_each(|need| need.names(into));
            }
            Self::Beside(name, other) => into.extend([name, other]),
            Self::Not(need) => need.names(into),
            Self::AddsUp(_, lists) => into.extend(lists.iter().map(|(name, _)| name)),
            Self::Sites(_, names) | Self::Operation(names) | Self::Extensive(names) => {
                into.extend_from_slice(names);
            }
            Self::Discharged(_) | Self::Mcc | Self::Always | Self::Never => {}
        }
    }
}
