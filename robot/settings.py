"""Settings: environment variables with the prefix ``ARENDE_``, or files of the same name in a secrets folder."""

import os
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.contract import ConnectorSettings
from connectors.manifest import Timeouts

PREFIX = "ARENDE_"


class Settings(BaseSettings):
    """Where the robot keeps its things and whom it works for. Each field is a variable ``ARENDE_<NAME>``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, secrets_dir=os.environ.get("ARENDE_SECRETS_DIR"), extra="ignore", frozen=True
    )

    data: Path = Field(default=Path("var"), description="Folder for database, secrets, letters and definitions.")
    database_url: str = Field(
        default="",
        description="SQLAlchemy address. Empty: SQLite in the data folder. postgresql+psycopg://… for many workers.",
    )
    master_key_file: Path | None = Field(
        default=None, description="File with the vault's master key. Empty: secrets/master.key in the data folder."
    )
    draw_key_file: Path | None = Field(
        default=None, description="File with the stickprov's draw key. Empty: secrets/draw.key in the data folder."
    )
    log_origin: str = Field(
        default="demo/ekonomiskt_bistand/2026",
        pattern=r"^[^\s+]+$",
        max_length=200,
        description="Name of the log on its checkpoints: municipality/activity/year. Never reused for another log.",
    )
    log_key_file: Path | None = Field(
        default=None,
        description="File with the secret of the log's signing keys. Empty: secrets/log.key in the data folder.",
    )
    log_heads_file: Path | None = Field(
        default=None,
        description="SQLite file with the last signed heads, never restored with the database. "
        "Empty: log-heads.sqlite in the data folder.",
    )
    log_policy_file: Path | None = Field(
        default=None, description="The log's witnesses, their addresses and the quorum (tlog-policy). Empty: none."
    )
    timestamp_url: str = Field(
        default="", description="Authority that time-stamps the log's head once a day (RFC 3161). Empty: none."
    )
    timestamp_roots_file: Path | None = Field(
        default=None, description="PEM file with the root certificates of that authority. Needed with its address."
    )
    intake_folder: Path | None = Field(
        default=None, description="Folder where the e-service leaves applications. Empty: intake in the data folder."
    )
    intake_token: SecretStr | None = Field(
        default=None, description="Bearer token for intake over HTTP. Empty: HTTP intake is closed."
    )
    intake_process: str = Field(
        default="ekonomiskt_bistand", description="Process that the intake folder's applications belong to."
    )
    refused_days: int = Field(
        default=30, ge=1, description="Days that a refused application stays in the intake folder's avvisade."
    )
    organisationsnummer: str = Field(
        default="", description="The municipality's organisation number, twelve digits, told to the registers."
    )
    kommun: str = Field(default="Exempelkommun", description="Name of the municipality, as registers and logs see it.")
    kommunkod: str = Field(
        default="",
        pattern=r"^(|[0-9]{4})$",
        description="The municipality's code, four digits: what gallring leaves for research. Empty: everything.",
    )
    gallringsbeslut: str = Field(
        default="",
        description="Reference of the board's standing decision on gallring. Empty: the nightly run erases nothing.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL."
    )
    desk_secret: SecretStr | None = Field(
        default=None,
        description="Key that signs the desk's session cookies. Empty: secrets/desk.key in the data folder.",
    )
    accounts_file: Path | None = Field(default=None, description="Local accounts for the demo. Empty: only OIDC login.")
    oidc_issuer: str = Field(default="", description="Address of the municipality's OpenID Connect issuer.")
    oidc_client_id: str = Field(default="", description="The desk's client id at the issuer.")
    oidc_client_secret: SecretStr | None = Field(default=None, description="The desk's client secret at the issuer.")
    poll_seconds: float = Field(default=15.0, gt=0, description="Seconds between two looks in the intake folder.")
    nightly_hour: int = Field(default=2, ge=0, le=23, description="Hour (Swedish time) of the nightly run.")
    screen_check_folder: Path | None = Field(
        default=None,
        description="The test person of each process (<process>.json). Empty: screen_check in the data folder.",
    )
    screen_check_hour: int = Field(
        default=6, ge=0, le=23, description="Hour (Swedish time) when the screens are rehearsed with the test person."
    )
    queue_poll_seconds: float = Field(default=0.2, gt=0, description="Seconds between two looks for work in a queue.")
    retry_attempts: int = Field(
        default=12,
        ge=1,
        description="Tries of a step whose target cannot answer; twelve last about 18 minutes.",
    )
    interruptions: int = Field(
        default=10, ge=1, description="Workers that may die in one step of a case before the case goes to a person."
    )
    cases_concurrency: int = Field(default=8, ge=1, description="Cases that one worker may have in hand at once.")
    worker_name: str = Field(
        default="", description="Name that no other worker may run under. Empty: machine and process number."
    )
    lease_seconds: float = Field(
        default=15.0, ge=1, description="Seconds without a sign of life after which a worker counts as dead."
    )
    drain_seconds: int = Field(
        default=50, ge=1, description="Seconds that a worker told to stop gives to what it has in hand."
    )
    health_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Port for /healthz, /readyz and /metrics of worker and scheduler. 0: none.",
    )
    health_host: str = Field(default="127.0.0.1", description="Address that the health port listens on.")
    gui_images: bool = Field(
        default=False, description="Load the pictures and fonts of case systems' pages; slower, seldom needed."
    )
    gui_recycle_jobs: int = Field(
        default=200, ge=1, description="Screens that a login's browser context works through before it is made anew."
    )
    gui_memory_megabytes: float = Field(
        default=1500, gt=0, description="Memory of the browser above which it is started anew between two cases."
    )
    metrics_token: SecretStr | None = Field(
        default=None, description="Bearer token that /metrics asks for. Empty: only role drift in the desk may read it."
    )
    delay_notice_days: int = Field(
        default=14, ge=1, description="Days without a decision after which the applicant is told why (FL 11 §)."
    )
    drift_recent: int = Field(
        default=50, ge=0, description="Newest proposals that are held against 30 days to see drift. 0: never."
    )
    drift_at_least: int = Field(default=100, ge=10, description="Earlier proposals that drift is measured against.")
    now: AwareDatetime | None = Field(
        default=None, description="Start of the clock, for simulations. Empty: the machine's clock."
    )

    @property
    def database(self) -> str:
        """The database address, SQLite in the data folder unless another is given."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'arende.sqlite'}"

    @property
    def master_key(self) -> Path:
        """The file of the vault's master key."""
        return self.master_key_file or self.data / "secrets" / "master.key"

    @property
    def draw_key(self) -> Path:
        """The file of the stickprov's draw key."""
        return self.draw_key_file or self.data / "secrets" / "draw.key"

    @property
    def log_key(self) -> Path:
        """The file of the log's signing secret."""
        return self.log_key_file or self.data / "secrets" / "log.key"

    @property
    def log_heads(self) -> Path:
        """The file of the last signed heads."""
        return self.log_heads_file or self.data / "log-heads.sqlite"

    @property
    def screen_check(self) -> Path:
        """The folder with the test persons."""
        return self.screen_check_folder or self.data / "screen_check"

    @property
    def proposals(self) -> Path:
        """The folder with proposed screen files."""
        return self.data / "gui"

    @property
    def intake(self) -> Path:
        """The folder where applications arrive."""
        return self.intake_folder or self.data / "intake"


class ConnectorEnvironment(BaseSettings):
    """The settings of one connector, each a variable ``ARENDE_<CONNECTOR>_<NAME>``, as ``ARENDE_SMS_URL``."""

    model_config = SettingsConfigDict(secrets_dir=os.environ.get("ARENDE_SECRETS_DIR"), extra="ignore", frozen=True)

    url: str = ""
    token: SecretStr | None = None
    username: str = ""
    password: SecretStr | None = None
    sender: str = ""
    connect_seconds: float | None = None
    read_seconds: float | None = None
    in_flight_seconds: float | None = None

    def timeouts(self, own: Timeouts) -> Timeouts:
        """The manifest's time-outs, with those that the settings change."""
        changed = {name: getattr(self, name) for name in Timeouts.model_fields}
        return own.model_copy(update={name: seconds for name, seconds in changed.items() if seconds is not None})


def connector_environment(name: str) -> ConnectorEnvironment:
    """Read one connector's settings from the environment or the secrets folder."""
    return ConnectorEnvironment(_env_prefix=f"{PREFIX}{name.upper()}_")


def connector_settings(name: str, settings: Settings) -> ConnectorSettings:
    """The settings as the connector contract wants them.

    Raises:
        ValidationError: The address is missing or not encrypted.

    """
    environment = connector_environment(name)
    return ConnectorSettings(
        base_url=environment.url,
        token=environment.token,
        organisationsnummer=settings.organisationsnummer or None,
        authority=settings.kommun,
        account="arenderobot",
        sender=environment.sender or None,
        connect_seconds=environment.connect_seconds,
        read_seconds=environment.read_seconds,
    )
