"""Log lines as JSON: one event, one line, whatever stands in a name."""

import json
import logging
from datetime import UTC, datetime


class JsonFormatter(logging.Formatter):
    """UTC time, level, logger, message, and the trace where there is one. JSON escapes line breaks, so no name can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            event["trace"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=False)
