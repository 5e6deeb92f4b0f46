"""Machnet's page "Update User": its samples byte for byte, and its two tables.

A table's row is a field and its cells "User is verified" and "User is not verified".
"""

INDIVIDUAL_REQUEST = b"""{
"first_name":"Tenzin",
"middle_name":"",
"last_name":"Norgay",
"date_of_birth":"2000-01-01",
"email":"[email protected]",
"gender":"female",
"id":"f45680e1-014d-42c7-be86-3b2899e911c3",
"ip_address":"10.0.0.1",
"mobile_phone":"2106603032",
"address_line1":"500 8 El Camino Real Santa Clara",
"city":"Santa Clara",
"state":"CA",
"country":"US",
"zipcode":"95053",
"occupation":"Banker",
"company_details":{
"company_name":"ACME",
"address":"123 address st",
"phone_number":"222222222"
},
"physical_documents":[
{
"document_value":"data:image/jpg;base64,SUQs==",
"document_value_back":"data:image/jpg;base64,SUQs==",
"country":"US",
"document_type":"DRIVING_LICENCE",
"state":"CA"
},
{
"document_value":"data:image/jpg;base64,SUQs==",
"document_type":"BANK_STATEMENT",
}
],
"virtual_documents":[
{
"document_value":"1111111111",
"document_type":"DRIVING_LICENCE",
"expiry_date":"2025-03-09",
"id_issuing_authority":"CA",
"country":"US",
"state":"CA"
},
{
"document_value":"111111112",
"document_type":"SSN",
"country":"US",
"state":"CA"
}
]
}"""

INDIVIDUAL_RESPONSE = """{
"address_line1": "500 8 El Camino Real Santa Clara",
"city": "Santa Clara",
"company_details": {
"address": "123 address st",
"company_name": "ACME",
"phone_number": "222222222"
},
"country": "US",
"created_at": "2022-03-29T15:59:03.699517",
"date_of_birth": "2000-01-01",
"email": "[email protected]",
"first_name": "Tenzin",
"gender": "female",
"id": "f45680e1-014d-42c7-be86-3b2899e911c3",
"ip_address": "10.0.0.1",
"last_name": "Norgay",
"middle_name": "",
"mobile_phone": "2106603032",
"occupation": "Banker",
"physical_documents": [
{
"country": "US",
"document_type": "DRIVING_LICENCE",
"id": "d20dd857-7dc0-4abc-879f-fcfb15f4423d",
"state": "CA"
},
{
"document_type": "BANK_STATEMENT",
"id": "9f57c7c9-ffa5-4e88-a28a-af3af1232a46"
}
],
"state": "CA",
"status": "UNVERIFIED",
"user_scope": "ARTS_ENTERTAINMENT",
"virtual_documents": [
{
"country": "US",
"document_type": "DRIVING_LICENCE",
"document_value": "1111111111",
"id": "38f41ac7-ddb6-44e4-b40c-fa0cf8d05b9d",
"state": "CA",
"expiry_date": "2025-03-09",
"id_issuing_authority": "CA"
},
{
"country": "US",
"document_type": "SSN",
"document_value": "*****1112",
"id": "a301b04f-c904-4c78-9a8b-9a384c51b497",
"state": "CA"
}
],
"zipcode": "95053"
}"""

BUSINESS_REQUEST = b"""{
"number_of_transaction_per_month": "122",
"transaction_frequency": "WEEKLY",
"physical_documents": [
{
"document_value": "data:application/pdf;base64,SUQs==",
"document_type": "CERTIFICATE_OF_INCORPORATION"
},
{
"document_value":"data:image/jpg;base64,SUQs==",
"document_type":"AUDITED_FINANCIALS"
}
]
}"""

BUSINESS_RESPONSE = """{
"address_line1": "500 8 El Camino Real Santa Clara",
"city": "Santa Clara",
"company_website": "www.example.com",
"country": "US",
"created_at": "2022-04-22T02:21:23.084565",
"date_of_birth": "1995-01-01",
"email": "[email protected]",
"first_name": "Machnet Technologies Inc",
"id": {{UUID}},
"ip_address": "10.0.10.5",
"mailing_address": {
"address_line1": "500 8 El Camino Real Santa Clara",
"city": "Santa Clara",
"country": "US",
"state": "CA",
"zipcode": "95053"
},
"mobile_phone": "222222222",
"number_of_employee": "BETWEEN_25_TO_50",
"number_of_transaction_per_month": 122,
"physical_documents": [
{
"document_type": "CERTIFICATE_OF_INCORPORATION",
"id": {{UUID}}
},
{
"document_type": "BANK_STATEMENT",
"id": {{UUID}}
}
],
"state": "CA",
"status": "UNVERIFIED",
"transaction_frequency": "WEEKLY",
"user_scope": "COMPUTER_TECHNOLOGY",
"zipcode": "95053"
}"""

EMAIL_OBFUSCATED = "[email protected]"
"""What the page's host shows in the place of every e-mail address."""

# "Updatable fields for send user (individual)"
INDIVIDUAL_TABLE = """
    first_name           No           Yes
    middle_name          No           Yes
    last_name            No           Yes
    mobile_phone         Yes          Yes
    email                No           Yes
    address_line1        Yes          Yes
    address_line2        Yes          Yes
    city                 Yes          Yes
    state                Yes          Yes
    country              No           No
    zipcode              Yes          Yes
    date_of_birth        No           Yes
    gender               No           Yes
    user_scope           No           Yes
    occupation           Yes          Yes
    type                 No           No
    physical_documents   Yes          Yes
    virtual_documents    Conditional  Yes
    company_details      Yes          Yes
"""

# "Updatable fields for send user (business)". Of the mailing address the page names the parts.
BUSINESS_TABLE = """
    first_name                       No           Yes
    mobile_phone                     Yes          Yes
    email                            Yes          Yes
    address_line1                    Yes          Yes
    address_line2                    Yes          Yes
    city                             Yes          Yes
    state                            Yes          Yes
    country                          No           No
    zipcode                          Yes          Yes
    date_of_birth                    No           Yes
    business                         No           No
    business_type                    No           Yes
    user_scope                       No           Yes
    company_website                  Yes          Yes
    number_of_employee               Yes          Yes
    mailing_address.address_line1    Yes          Yes
    mailing_address.address_line2    Yes          Yes
    mailing_address.city             Yes          Yes
    mailing_address.state            Yes          Yes
    mailing_address.country          Yes          Yes
    mailing_address.zipcode          Yes          Yes
    virtual_documents                No           Yes
    physical_documents               Conditional  Yes
    user_relationship                No           No
    number_of_transaction_per_month  Yes          Yes
    transaction_frequency            Yes          Yes
"""
