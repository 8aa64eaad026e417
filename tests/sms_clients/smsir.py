"""SMS.ir's own client, asked to do one thing at an address: python smsir.py <address> <method> <arguments>, prints what came back."""

import json
import os
import sys

from sms_ir import SmsIr

address, method, arguments = sys.argv[1:]
SmsIr.ENDPOINT = address
response = getattr(SmsIr(os.environ["SMSIR_API_KEY"]), method)(**json.loads(arguments))
sys.stdout.write(f"\n{json.dumps({'http': response.status_code, **(response.json() if response.content else {})})}\n")
