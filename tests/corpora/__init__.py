"""`python -m tests.corpora DIR`: the emulators and our doors against payloads, schemas and vectors of other people's.

Run by hand (`make corpora DIR=…`): DIR is not part of the project, and nothing here or in the tests needs it. Each
module checks one kind of thing and returns a Finding; `shapes.py` is the comparison. What DIR holds:

| path | what |
|---|---|
| `slack/api/METHOD.json` | an answer of Slack's with every field it may have, values scrubbed |
| `slack/events/*.json`, `slack/interactions/*.json` | what Slack posts, values scrubbed |
| `slack/signature_vectors.json`, `twilio/signature_vectors.json` | signed examples |
| `twilio/openapi/twilio_api_v2010.json`, `twilio_content_v1.json` | Twilio's OpenAPI documents |
| `telegram/schema.json`, `telegram/api.json` | the Bot API as JSON Schema, and what its methods return |
| `anthropic/sse/*.txt` | recorded streams of the Messages API |
| `email/**` | mails as they were sent; beside some of them, as JSON, what another reader finds in them |
| `email/reply_parser/expected.json` | what of a mail's text somebody wrote |
| `sla/cases.json` | due instants and open time, as `threadline sla calculate` takes them, with what is expected |
"""
