"""The lists a handläggare chooses from. Labels as in Lifecare's catalogue; norm names are this simulation's own."""

APPLICANT = "Sökande"
CO_APPLICANT = "Medsökande"
CHILD = "Barn"
ROLES = (APPLICANT, CO_APPLICANT, CHILD)

CASE_TYPE = "Ekonomiskt bistånd"
DRAFT = "Utkast"
FINAL = "Slutlig"

SALARY = "Lön efter skatt"
JOB_STIMULUS_PERCENT = 25  # SoL 12 kap. 8 §

INCOME_TYPES = (
    SALARY,
    "Övriga inkomster",
    "Swish/Insättningar/Överföringar",
    "A-kassa",
    "A-kassa/Alfaersättning",
    "Aktivitetsersättning",
    "Aktivitetsstöd",
    "Alfaersättning",
    "Barnbidrag/Flerbarnstillägg",
    "Barnpension",
    "Bostadsbidrag",
    "Bostadstillägg",
    "CSN Bidrag",
    "CSN Lån",
    "Dagersättning från FK",
    "Efterlevandestöd",
    "Etableringsersättning",
    "Föräldrapenning",
    "Inackorderingstillägg",
    "Inkomst av kapital",
    "Pension",
    "Pension/SA/Livränta/Omvårdnadsbidrag",
    "Sjukersättning",
    "Sjukpenning",
    "Skatteåterbäring",
    "Underhållsstöd",
    "Vårdbidrag/Omvårdnadsbidrag",
    "Äldreförsörjningsstöd",
    "Överskjutande inkomst från föregående månad",
)

EXPENSE_TYPES = (
    "Boendekostnad",
    "El 1",
    "El 2",
    "Hemförsäkring",
    "Bredband/Internet",
    "A-kasseavgift",
    "Fackavgift",
    "Arbetsresor",
)

SPECIAL_EXPENSE_TYPES = (
    "Sjukresor",
    "Läkarvård",
    "Medicin",
    "Övriga utgifter",
    "Barnomsorgsavgift",
    "Glasögon",
    "Kostnad i samband med umgänge",
    "Tandvård",
)

NORMS = (
    "Ensamstående",
    "Sambor",
    "Barn 0 år",
    "Barn 1-2 år",
    "Barn 3 år",
    "Barn 4-6 år",
    "Barn 7-10 år",
    "Barn 11-14 år",
    "Barn 15-18 år",
    "Barn 19-20 år",
    "Barn 0 år utan lunch",
    "Barn 1-2 år utan lunch",
    "Barn 3 år utan lunch",
    "Barn 4-6 år utan lunch",
)

APPROVED = "Bifall"
REFUSED = "Avslag"
PARTLY_APPROVED = "Delvis bifall"
DECISION_TYPES = (APPROVED, REFUSED, PARTLY_APPROVED)

# The first two are seen in the real system; the rest fill the list out.
DECISION_REASONS = (
    "Arbetslös, otillräcklig ersättning/stöd",
    "Föräldrapenning otillräcklig",
    "Arbetslös, ingen ersättning/stöd",
    "Arbetar, otillräcklig inkomst",
    "Sjukskriven, otillräcklig sjukpenning",
    "Studerar, otillräckligt studiestöd",
    "Pension otillräcklig",
    "Inkomst över norm",
    "Övriga skäl",
)
