curl {address}/v2/user/personal_info/update \
  -H 'Content-Type: application/json' \
  -d '{"hash": "{hash=22eac1c27af4be7b9d04da2ce1af111b}", "legal_type": "individual",
       "first_name": "Charles", "middle_name": "Henry", "last_name": "Pearson"}'
