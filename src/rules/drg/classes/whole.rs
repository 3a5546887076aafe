//! Before any category; then trauma, burns, infections, HIV, the mind, and other contact with services.

use crate::drg::need::Need::{
    All, Always, Any, Discharged, Extensive, Not, Op, Operation, Pdx, Psdx, Sdx,
};
use crate::drg::need::{Class, Need, Turn};

const TRACHEOSTOMY: Need = Any(&[Op("003|TRACHEOSTOMY ORPCS"), Op("003|OR NON-ORPCS")]);
const LONG_VENTILATION_OR_NOT_FACE: Need =
    Any(&[Op("003|MECHANICAL VENTILATION >96 HOURS NON-ORPCS"), Not(&Pdx("011|PDX"))]);
const MAJOR_OPERATION: Need = Extensive(&["003|TRACHEOSTOMY ORPCS", "003|OR NON-ORPCS"]);
const LARYNGECTOMY: Need = Op("LARYNGECTOMY ORPCS");
const FACE_TRACHEOSTOMY: Need =
    Any(&[Op("AND TRACHEOSTOMY FOR FACE,MOUTH & NECK DIAGNOSIS ORPCS"), Op("OR NON-ORPCS")]);
const INTESTINE: Need = Op("INTESTINAL TRANSPLANT ORPCS");

const OTHER_LYMPHOMA: Need =
    Op("ANY OTHER ORPCS NOT LISTED IN DRGS 820-822 OR ANY OF THE FOLLOWING NON-ORPCS");
const OTHER_MYELOPROLIFERATIVE: Need =
    Op("ANY OTHER ORPCS NOT LISTED IN DRGS 826-828 OR ANY OF THE FOLLOWING NON-ORPCS");
const MYELOPROLIFERATIVE: Need =
    Pdx("MYELOPROLIFERATIVE DISORDERS OR POORLY DIFFERENTIATED NEOPLASMS PDX");
const HIGH_DOSE: Need = Op("HIGH DOSE CHEMO AGENT");

const REHABILITATION: Need =
    Op("ALCOHOL/DRUG ABUSE OR DEPENDENCE PDX IN MDC 20 REHABILITATION THERAPY NON-ORPCS");
const BURNS: Need = Any(&[Psdx("EXTENSIVE BURNS PSDX"), Psdx("FULL THICKNESS BURNS PSDX")]);
const LONG_VENTILATION: Need = Op("MECHANICAL VENTILATION >96 HOURS NON-ORPCS");
const BURN_GRAFT: Need = Op("SKIN GRAFT PROCEDURE ORPCS");
const REHABILITATION_OF_OTHERS: Need = All(&[
    Op("SECOND CONDITION - REHABILITATION PROCEDURE"),
    Not(&Pdx("OR FIRST CONDITION - ANY MDC 23 PDX EXCEPT")),
]);

pub(super) const CLASSES: &[Class] = &[
    // Before any category.
    Class::new(&[1, 2], Any(&[Op("HEART TRANSPLANT ORPCS"), Op("IMPLANT OF HEART ASSIST SYSTEM")])),
    Class::new(
        &[3],
        Any(&[
            Op("ECMO ORPCS"),
            Op("NON-ORPCS"),
            All(&[TRACHEOSTOMY, LONG_VENTILATION_OR_NOT_FACE, MAJOR_OPERATION]),
        ]),
    ),
    Class::new(&[4], All(&[TRACHEOSTOMY, LONG_VENTILATION_OR_NOT_FACE])),
    Class::new(&[5, 6], Any(&[INTESTINE, Op("LIVER TRANSPLANT ORPCS")])).or_first(INTESTINE),
    Class::new(&[8], All(&[Op("ORPCS"), Psdx("PSDX"), Psdx("AND PSDX")])),
    Class::new(&[10], All(&[Op("ORPCS"), Psdx("PSDX")])),
    Class::new(&[11, 12, 13], Any(&[LARYNGECTOMY, All(&[Pdx("PDX"), FACE_TRACHEOSTOMY])])),
    Class::new(&[18], Any(&[Op("NON-ORPCS"), Op("T-CELL IMMUNOTHERAPY ORPCS")])),
    Class::new(
        &[19],
        All(&[Op("ORPCS"), Psdx("AND PSDX"), Psdx("AND PSDX*"), Op("AND NON-ORPCS")]),
    ),
    // MDC 17: myeloproliferative diseases.
    Class::new(&[820, 821, 822], All(&[Pdx("PDX"), Op("ORPCS")])),
    Class::new(&[823, 824, 825], All(&[Pdx("PDX"), Any(&[OTHER_LYMPHOMA, Operation(&[])])])),
    Class::new(&[850], All(&[Pdx("PDX"), Any(&[OTHER_LYMPHOMA, Operation(&[])])])),
    Class::new(&[826, 827, 828], All(&[MYELOPROLIFERATIVE, Op("MAJOR O.R. PROCEDURE ORPCS")])),
    Class::new(
        &[829, 830],
        All(&[MYELOPROLIFERATIVE, Any(&[OTHER_MYELOPROLIFERATIVE, Operation(&[])])]),
    ),
    Class::new(
        &[837, 838, 839],
        All(&[Pdx("CHEMOTHERAPY PDX"), Any(&[Sdx("ACUTE LEUKEMIA SDX"), HIGH_DOSE])]),
    )
    .or_second(HIGH_DOSE),
    // MDC 18: infections.
    Class::new(&[853, 854, 855], All(&[Operation(&[]), Not(&Pdx("PDX FROM MDC 18 EXCEPT"))])),
    Class::new(&[856, 857, 858], All(&[Pdx("PDX"), Operation(&[])])),
    Class::new(&[870], All(&[Pdx("SEPTICEMIA PDX"), Op("MECHANICAL VENTILATION >96 HOURS")])),
    Class::new(&[871, 872], Pdx("SEPTICEMIA PDX")),
    // MDC 19 and 20: the mind, alcohol and drugs.
    Class::new(&[876], Operation(&[])),
    Class::new(&[894], Discharged(&["07"])),
    Class::new(&[895], REHABILITATION),
    Class::new(&[896, 897], Always),
    // MDC 22: burns.
    Class::new(&[927], All(&[BURNS, LONG_VENTILATION, BURN_GRAFT])),
    Class::new(&[933], All(&[BURNS, LONG_VENTILATION, Not(&BURN_GRAFT)])),
    Class::new(
        &[928, 929],
        All(&[Psdx("PSDX"), Any(&[Op("SKIN GRAFT ORPCS"), Sdx("INHALATION INJURY SDX")])]),
    ),
    Class::new(&[934], Psdx("PSDX")),
    // MDC 23: other contact with health services.
    Class::new(&[939, 940, 941], Operation(&[])),
    Class::new(&[945, 946], Any(&[Pdx("PDX"), REHABILITATION_OF_OTHERS])),
    // MDC 24 and 25: multiple significant trauma, HIV.
    Class::new(&[963, 964, 965], Always).turn(Turn::Late),
    Class::new(&[969, 970], Extensive(&[])),
    Class::new(
        &[974, 975, 976],
        All(&[Psdx("PSDX OF HIV INFECTION"), Psdx("AND PSDX OF MAJOR RELATED CONDITION")]),
    ),
    Class::new(&[977], Always).turn(Turn::Late),
];
