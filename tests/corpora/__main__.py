"""`python -m tests.corpora DIR`: a table of what was checked; ends with 1 when anything failed."""

import argparse
import asyncio
import logging
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.corpora import (
    anthropic_streams,
    mails,
    signatures,
    sla_cases,
    slack_api,
    slack_listeners,
    telegram_api,
    twilio_api,
)
from tests.corpora.findings import Finding


async def findings(folder: Path) -> list[Finding]:
    return [
        await slack_api.check(folder / "slack" / "api"),
        *await slack_listeners.check(folder / "slack"),
        signatures.check_slack(folder / "slack" / "signature_vectors.json"),
        *await twilio_api.check(folder / "twilio" / "openapi"),
        signatures.check_twilio(folder / "twilio" / "signature_vectors.json"),
        *await telegram_api.check(folder / "telegram"),
        await anthropic_streams.check(folder / "anthropic" / "sse"),
        *mails.check(folder / "email"),
        sla_cases.check(folder / "sla" / "cases.json"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.corpora", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the corpora lie")
    folder: Path = parser.parse_args().folder
    if not (folder / "slack" / "api").is_dir():
        parser.error(f"there are no corpora in {folder}: slack/api is missing")
    logging.disable(logging.CRITICAL)  # our own door logs every strange thing it is sent
    found = asyncio.run(findings(folder))
    table = Table("", "checked", "allowed differences", "failed")
    for each in found:
        table.add_row(each.name, str(each.checked), str(each.allowed), str(len(each.failures)))
    console = Console()
    console.print(table)
    for each in found:
        for failure in each.failures:
            console.print(f"{each.name}: {failure}", markup=False, soft_wrap=True)
    # A check that found nothing to check has not succeeded either.
    return 1 if any(each.failures or not each.checked for each in found) else 0


if __name__ == "__main__":
    sys.exit(main())
