curl -X PATCH {address}/users/{user=f45680e1-014d-42c7-be86-3b2899e911c3} \
  -H 'X-Client-Id: {client_id=demo-client}' -H 'X-Client-Secret: {client_secret=demo-secret}' \
  -H 'Content-Type: application/json' \
  -d '{"occupation": "Banker", "mobile_phone": "2106603032"}'
