curl {address}/UpdateMyUser \
  -H 'Authorization: DiadocAuth ddauth_api_client_id={api_client_id=demo-api-client}, ddauth_token={token=ZGVtby10b2tlbitmb3IvbG9naW4=}' \
  -H 'Content-Type: application/json; charset=utf-8' \
  -d '{"FullName": {"FullName": {"FirstName": "Ivan", "LastName": "Sidorov"}}}'
