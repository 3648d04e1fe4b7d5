# The ERP's certificate comes from the company's own authority.
CA=https://ca.qutykarunia.com/directory
CERTDIR=/opt/erp/certs/live
WELLKNOWN=/opt/erp/acme
CONTACT_EMAIL=ops@quty.com
KEYSIZE=2048
KEY_ALGO=prime256v1
