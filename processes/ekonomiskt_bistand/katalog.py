"""Income and expense types: the e-service's codes and the labels that the case system shows."""

from robot.rules import Undetermined

LON = "SALARY"
BARNBIDRAG = "CHILD_ALLOWANCE"
SKATTEATERBARING = "TAX_REFUND"
KAPITALINKOMST = "CAPITAL_INCOME"
OVERSKOTT = "SURPLUS_FROM_PREVIOUS_MONTH"
HYRA = "RENT"

# None: the case system has no label for the type, so a row of it cannot be written by the robot.
INKOMSTTYPER: dict[str, str | None] = {
    LON: "Lön efter skatt",
    "OTHER_INCOME": "Övriga inkomster",
    "SWISH_DEPOSITS": "Swish/Insättningar/Överföringar",
    "FINANCIAL_AID_OTHER_MUNICIPALITY": None,
    "OCCUPATIONAL_PENSION_INSURANCE": None,
    "CHILD_SUPPORT": None,
    "RENT_SHARE_FROM_CHILD": None,
    "UNEMPLOYMENT_BENEFIT": "A-kassa",
    "UNEMPLOYMENT_OR_ALPHA_BENEFIT": "A-kassa/Alfaersättning",
    "ACTIVITY_COMPENSATION": "Aktivitetsersättning",
    "ACTIVITY_SUPPORT": "Aktivitetsstöd",
    "ALPHA_BENEFIT": "Alfaersättning",
    BARNBIDRAG: "Barnbidrag/Flerbarnstillägg",
    "CHILD_PENSION": "Barnpension",
    "HOUSING_ALLOWANCE": "Bostadsbidrag",
    "HOUSING_SUPPLEMENT": "Bostadstillägg",
    "CSN_GRANT": "CSN Bidrag",
    "CSN_LOAN": "CSN Lån",
    "DAILY_ALLOWANCE_FK": "Dagersättning från FK",
    "SURVIVOR_SUPPORT": "Efterlevandestöd",
    "ESTABLISHMENT_BENEFIT": "Etableringsersättning",
    "PARENTAL_BENEFIT": "Föräldrapenning",
    "LODGING_ALLOWANCE": "Inackorderingstillägg",
    KAPITALINKOMST: "Inkomst av kapital",
    "PENSION": "Pension",
    "PENSION_ANNUITY_CARE": "Pension/SA/Livränta/Omvårdnadsbidrag",
    "SICKNESS_COMPENSATION": "Sjukersättning",
    "SICKNESS_BENEFIT": "Sjukpenning",
    SKATTEATERBARING: "Skatteåterbäring",
    "MAINTENANCE_SUPPORT": "Underhållsstöd",
    "CARE_ALLOWANCE": "Vårdbidrag/Omvårdnadsbidrag",
    "ELDERLY_SUPPORT": "Äldreförsörjningsstöd",
    OVERSKOTT: "Överskjutande inkomst från föregående månad",
}

UTGIFTSTYPER: dict[str, str] = {
    HYRA: "Boendekostnad",
    "ELECTRICITY": "El 1",
    "ELECTRICITY_2": "El 2",
    "HOME_INSURANCE": "Hemförsäkring",
    "INTERNET": "Bredband/Internet",
    "UNEMPLOYMENT_FUND": "A-kasseavgift",
    "UNION_FEE": "Fackavgift",
    "TRAVEL_APPROVED": "Arbetsresor",
}

SARSKILDA_UTGIFTSTYPER: dict[str, str] = {
    "TRAVEL_MEDICAL_TRANSPORT": "Sjukresor",
    "MEDICAL_CARE": "Läkarvård",
    "MEDICINE": "Medicin",
    "OTHER": "Övriga utgifter",
    "CHILDCARE_FEE": "Barnomsorgsavgift",
    "GLASSES": "Glasögon",
    "VISITATION_COST": "Kostnad i samband med umgänge",
    "DENTAL_CARE": "Tandvård",
}


def inkomstetikett(slag: str) -> str:
    """Return the case system's label of an income type. Raises Undetermined when it has none."""
    etikett = INKOMSTTYPER.get(slag)
    if etikett is None:
        raise Undetermined("inkomsttyp_utan_etikett", f"Verksamhetssystemet har ingen inkomsttyp för {slag}.")
    return etikett


def inkomstnamn(slag: str) -> str:
    """Return what a person calls an income type, or the code itself when there is no label."""
    return INKOMSTTYPER.get(slag) or slag


def utgiftsnamn(slag: str) -> str:
    """Return what a person calls an expense type, or the code itself when it is unknown."""
    return UTGIFTSTYPER.get(slag) or SARSKILDA_UTGIFTSTYPER.get(slag) or slag


def kontrollera_utgiftstyper(slag: list[str], typer: dict[str, str], andra_gruppen: dict[str, str]) -> None:
    """Raise Undetermined when a code is unknown or belongs to the other group of expenses."""
    for kod in slag:
        if kod in andra_gruppen:
            raise Undetermined("utgift_i_fel_grupp", f"Utgiften {utgiftsnamn(kod)} står i fel grupp i ansökan.")
        if kod not in typer:
            raise Undetermined("okand_utgiftstyp", f"Utgiftstypen {kod} är okänd.")
