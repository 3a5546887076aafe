//! The reproductive systems, childbirth and the newborn (MDC 12 to 15).

use crate::drg::need::Need::{
    All, Always, Any, Discharged, Not, OnlySdx, Op, Operation, Pdx, Psdx, Sdx,
};
use crate::drg::need::{Class, Need, Turn};

const OTHER_MALE: Need = Op("OTHER MALE REPRODUCTIVE SYSTEM O.R. PROCEDURE ORPCS");
const UTERUS: Need = Op("UTERINE AND ADNEXAL PROCEDURE ORPCS");

/// A delivery by the vagina: the outcome among the secondary diagnoses, and the delivery itself.
const DELIVERY: Need = All(&[Sdx("805|SDX"), Any(&[Op("805|AND ORPCS"), Op("805|NON-ORPCS")])]);
const AFTER_DELIVERY: Need = All(&[Sdx("SDX"), Any(&[Op("AND ORPCS"), Op("NON-ORPCS")])]);

const PREMATURE: Need = Psdx("791|PREMATURITY PSDX");
const MAJOR_PROBLEM: Need = Any(&[Psdx("793|MAJOR PROBLEMS PSDX"), Sdx("793|OR SDX")]);
/// The NUBC patient discharge status of whoever died or went to another acute-care hospital.
const DIED_OR_TRANSFERRED: Need =
    Discharged(&["02", "05", "20", "40", "41", "42", "66", "82", "85", "94"]);

pub(super) const CLASSES: &[Class] = &[
    // MDC 12 and 13: the reproductive systems.
    Class::new(&[715, 716], All(&[OTHER_MALE, Pdx("MALIGNANCY PDX")])),
    Class::new(&[717, 718], OTHER_MALE),
    Class::new(&[736, 737, 738], All(&[UTERUS, Pdx("OVARIAN/ADNEXAL MALIGNANCY PDX")])),
    Class::new(&[739, 740, 741], All(&[UTERUS, Pdx("NON-OVARIAN/ADNEXAL MALIGNANCY PDX")])),
    Class::new(&[742, 743], All(&[Pdx("PDX"), Op("ORPCS")])),
    // MDC 14: pregnancy and childbirth.
    Class::new(
        &[768],
        All(&[
            Sdx("SDX"),
            Any(&[Op("DELIVERY ORPCS"), Op("NON-ORPCS")]),
            Operation(&["WITH ANY ORPCS EXCEPT"]),
        ]),
    ),
    Class::new(&[769], All(&[Pdx("PDX"), Operation(&[]), Not(&DELIVERY)])),
    Class::new(&[770], All(&[Pdx("PDX"), Op("AND ORPCS")])),
    Class::new(&[783, 784, 785], All(&[Op("ORPCS"), Op("AND ORPCS")])),
    Class::new(&[786, 787, 788], All(&[Op("ORPCS"), Not(&Op("WITHOUT ORPCS"))])),
    Class::new(&[796, 797, 798], All(&[AFTER_DELIVERY, Any(&[Op("AND ORPCS*"), Op("OR ORPCS")])])),
    Class::new(&[805, 806, 807], AFTER_DELIVERY).turn(Turn::WithOperations),
    Class::new(&[817, 818, 819], All(&[Pdx("PDX"), Operation(&[]), Not(&DELIVERY)])),
    // MDC 15: the newborn. It has no surgical part.
    Class::new(&[789], DIED_OR_TRANSFERRED),
    Class::new(&[790], Psdx("PSDX")),
    Class::new(&[791], All(&[PREMATURE, MAJOR_PROBLEM])),
    Class::new(&[792], PREMATURE),
    Class::new(&[793], MAJOR_PROBLEM),
    Class::new(&[795], All(&[Pdx("PDX"), OnlySdx("AND NO SDX OR ONLY SDX")])),
    Class::new(&[794], Always).turn(Turn::Late).aside(&[
        "PSDX OF NEWBORN OR NEONATE,WITH OTHER SIGNIFICANT PROBLEMS, NOT ASSIGNED TO DRG 789 \
         THROUGH 793 OR 795 PSDX",
    ]),
];
