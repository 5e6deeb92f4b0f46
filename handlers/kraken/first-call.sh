body='{"occupation": "science", "language": "en"}'
{program} sign kraken /b2b/users/{user=AA08N84GCPARUN7A} --data "$body" \
  --key {api_key=demo-api-key} \
  --secret {private_key=ZGVtby1zZWNyZXQtZm9yLXByb2ZpbGVnYXRlLW9ubHktbm90LWEtcmVhbC1rZXkh} |
curl -X PATCH {address}/b2b/users/{user=AA08N84GCPARUN7A} \
  -H @- -H 'Content-Type: application/json' -d "$body"
