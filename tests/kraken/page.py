"""Kraken's page "Update User": its sample, and its two closed lists."""

REQUEST = b"""{
  "tos_version_accepted": 123,
  "full_name": {
    "first_name": "<string>",
    "last_name": "<string>",
    "middle_name": "<string>"
  },
  "date_of_birth": "2023-12-25",
  "city_of_birth": "<string>",
  "country_of_birth": "AD",
  "residence": {
    "line1": "<string>",
    "city": "<string>",
    "postal_code": "<string>",
    "country": "AD",
    "line2": "<string>",
    "province": "<string>"
  },
  "phone": "<string>",
  "nationalities": [
    "AD"
  ],
  "tax_ids": [
    {
      "id": "<string>",
      "issuing_country": "AD"
    }
  ],
  "occupation": "agriculture",
  "employer_name": "<string>",
  "client_identifier": {
    "type": "concat",
    "value": "<string>",
    "calculated_at": "2023-11-07T05:31:56Z"
  },
  "language": "<string>"
}"""

COUNTRIES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ
    BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM
    DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS
    GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ
    MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
    VN VU WF WS YE YT ZA ZM ZW AC AN AP CP DG EA EU IC JX TA QO XK 0C
""".split()

OCCUPATIONS = """
    agriculture business_management computers_and_it construction education finance government
    healthcare hospitality manufacturing marketing media other science self_employed student
    transportation unemployed employed
""".split()
