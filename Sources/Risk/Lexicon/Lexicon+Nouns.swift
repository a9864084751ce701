extension Lexicon {
    /// Nouns by what they are about; plurals are made from these.
    static let nouns: [(Topic, String)] = [
        (
            .money,
            """
            payment refund payout charge invoice billing subscription price credit debit iban amount currency
            chargeback dispute settlement wallet fund money cash cheque deposit withdrawal purchase checkout
            remittance loan mortgage ledger tax donation fee salary payroll payslip wage bonus commission royalty
            dividend coupon discount voucher giftcard receipt reimbursement mandate installment escrow sepa ach
            """
        ),
        (
            .billing,
            "billing iban paymentmethod bankaccount payoutaccount creditcard debitcard"
        ),
        (
            .identity,
            """
            user role permission admin administrator member membership collaborator principal privilege acl rbac grant
            entitlement impersonation tenant iam sso saml oidc scim ldap idp abac authorization authorisation identity
            serviceaccount superuser sudo delegation trust federation organization organisation userpool moderator
            maintainer deployer approver ownership seat
            """
        ),
        (
            .identityBesideOther,
            "policy group access"
        ),
        (
            .security,
            """
            firewall encryption waf allowlist denylist blocklist whitelist blacklist cors mfa 2fa auditlog lockout
            securitygroup publicaccess protection blockpublicaccess passwordpolicy loginpolicy
            """
        ),
        (
            .credential,
            """
            password passwd passphrase passcode secret credential apikey accesskey privatekey sshkey keypair keystore
            otp totp passkey webauthn certificate cert csr jwt jwk jwks bearer token dsn htpasswd kubeconfig
            connectionstring presigned keytab pem deploykey authenticator
            """
        ),
        (
            .message,
            """
            email mail message sms notification invitation invite comment recipient newsletter reminder fax
            announcement tweet reply chat conversation voicemail letter campaign broadcast alertmessage dm thread
            """
        ),
        (.campaign, "campaign newsletter broadcast blast mailing multicast"),
        (
            .deployment,
            "deployment rollout rollback production prod cutover migration"
        ),
        (.many, "batch bulk mass multi multiple many all every entire everything"),
        (
            .answer,
            """
            search query report lookup statistic stat metric summary preview estimation estimate simulation inference
            prediction evaluation validation check comparison diff analysis count status detail info information
            result recommendation forecast aggregation quote availability history version usage tail retrieval insight
            suggestion completion explanation dryrun
            """
        ),
        (
            .state,
            """
            status stats stat statistic info information metric usage count history summary detail health overview
            total balance capability version availability metadata
            """
        ),
        (
            .removal,
            """
            deletion removal termination cancellation revocation destruction purge erasure deactivation disposal
            cleanup expiration invalidation deregistration decommission disassociation eviction suspension wipe
            teardown unsubscription truncation reset
            """
        ),
        (
            .program,
            """
            sql script command shell code statement graphql program expression macro mutation process terminal bash
            powershell console javascript python notebook subprocess eval dml ddl
            """
        ),
        (
            .harmless,
            """
            lifecycle retention scaling autoscaling backup return refund shipping privacy cancellation price pricing
            routing cache caching retry alert alerting rotation log logging target resource placement parameter subnet
            option metric consumer node instance capture process thread event schedule notification delivery tag
            replication maintenance data snapshot ilm rule test worker layer contact
            """
        ),
        (
            .secretKind,
            """
            api access private secret signing encryption master ssh deploy public hmac webhook client license recovery
            service root customer session auth authentication crypto kms host wrapping pgp gpg symmetric
            """
        ),
        (
            .cursorKind,
            "page next previous continuation pagination sync change idempotency client nextpage skip cursor start resume"
        ),
        (.setting, "setting config configuration preference option attribute property default"),
        // Services that keep identities: every change there is administrative.
        (
            .identityService,
            "iam sso saml oidc oauth scim ldap identity identitystore auth authentication authorization rbac permission access"
        ),
        // Behind "user": not the account but something of it.
        (
            .ofUser,
            """
            data story agent message preference notification event comment interface feedback segment journey activity
            input content generated defined setting timezone avatar list task
            """
        ),
        (.own, "me my mine current own self authenticated"),
    ]

    /// Little words by what they do in a sentence.
    static let roles: [(Entry.Role, String)] = [
        (.article, "a an the this that these those its their your our his her one each every any some specific given"),
        (.preposition, "of for to in on at by from with into onto via under over about through within using per as"),
        (.joint, "and or then plus"),
        (.negation, "not never without no cannot dont doesnt wont isnt neither nor non instead avoid rather"),
        (.modal, "will would shall should may might must could"),
        (.copula, "be been being was were get gets"),
        (.condition, "if when unless before after once until while because since whether where"),
        (.subject, "it tool endpoint operation method api call action request function command route service mutation"),
        (
            .modifier,
            """
            batch bulk mass multi multiple async asynchronous asynchronously admin deprecated internal beta legacy
            quick please my force auto http https rest v1 v2 v3 v4 public optionally simply just only now also
            experimental synchronously conditionally recursively temporarily immediately forcibly manually
            automatically securely partially completely fully explicitly currently first directly safely permanently
            irreversibly programmatically efficiently quickly easily new
            """
        ),
        (
            .reader,
            """
            user users you agent agents client clients caller callers model models people developers anyone one
            applications apps integrations institutions partners merchants sellers auditors parties
            """
        ),
    ]
}
