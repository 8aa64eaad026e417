"""One-time-code messages: their texts (`templates/`), their rendering (`messages`) and who carries them (`senders`)."""
