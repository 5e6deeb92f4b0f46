curl '{address}/profiles?limit=1' -H 'Authorization: Bearer {admin_token=demo-admin}'
