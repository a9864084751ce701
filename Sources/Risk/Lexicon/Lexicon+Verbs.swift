extension Lexicon {
    /// Verbs by what they do. A star marks one that names a thing as well.
    static let verbs: [(Act, String)] = [
        (
            .reads,
            """
            get fetch retrieve describe find browse enumerate whoami obtain inspect lookup summarize summarise exists
            exist display show* read* see list* search* query* view* count* head* grep cat* ls tail* peek glimpse mget
            msearch getall dig* stat* introspect tabulate iterate traverse select* pwd ps df
            """
        ),
        (
            .inspects,
            """
            validate evaluate calculate compute estimate* predict infer detect recommend suggest forecast* compare
            diff* preview* match* filter* rank* rerank score** lint* parse* tokenize tokenise check* analyze analyse
            aggregate* autocomplete typeahead geocode recognize recognise identify interpret examine assess measure*
            visualize visualise render* simulate explain profile** download* precheck reckon correlate deduce discern
            distinguish extrapolate interpolate intersect plot** project** quote* sample** scan** spellcheck summarise
            typecheck benchmark* inquire screenshot* echo* eval dryrun vet proofread corroborate classify categorize
            categorise extract* sort* healthcheck*
            """
        ),
        (
            .unsure,
            """
            test* verify resolve discover process** handle* use* access* ping* wait* load* translate convert
            transform* open* ask* answer* probe* work** think prepare* format* hash* expand* locate debug* monitor*
            audit** watch* trace** track** map** group** render* navigate select* see review* support** help** guide**
            continue reach snapshot** ensure consider expose stream* listen await hover scroll* focus** zoom* play**
            consume receive fill* step** diagnose troubleshoot research* reflect confirm determine observe survey**
            look collect* gather visit follow** log** report** complete* advise return* screenshot* profile** simulate
            extract* scan** healthcheck* sample** sort* plot** echo* analyze analyse provide give offer present
            """
        ),
        (.generates, "generate compose* draft* summarise produce* derive synthesize synthesise paraphrase"),
        (
            .creates,
            """
            create add insert append register enroll enrol make new spawn upload* attach* contribute subscribe copy*
            clone* duplicate* fork* import** ingest record** store* save* backup** archive* capture* bookmark* pin**
            tag** label** annotate* star** favorite** favourite* upvote* vote** comment** reply* schedule* book**
            reserve* request* submit file** claim* onboard instantiate provision establish initialize initialise init
            bootstrap* seed* populate define declare propose nominate introduce scaffold* install* mount* allocate
            acquire launch* begin born construct prepend push* enqueue queue* stage** compile build** bake mint*
            print* stamp* materialize checkin checkout** fulfil fulfill adopt index** order** share* mkdir cp signup*
            """
        ),
        (
            .updates,
            """
            update* upsert set* put* patch* modify edit* change* alter amend adjust revise replace rename write* move*
            transfer** migrate merge** split* join* link* associate relate connect bind map mark* unmark toggle*
            switch* configure reconfigure customize customise adapt tune* retune resize* scale* rescale reorder
            rearrange reschedule reassign assign reallocate reclassify recategorize increment* decrement* increase*
            decrease* raise* lower extend* renew refresh* reload* resync sync* synchronize synchronise reconcile
            restore* recover* undelete unarchive untrash revert* undo* redo* rebase* cherrypick squash* commit* apply
            accept approve* reject* decline dismiss* deny* acknowledge ack* close* reopen lock* unlock* freeze*
            unfreeze thaw hide unhide mute* unmute snooze* follow** unfollow watch unwatch subscribe unsubscribe
            enable activate reactivate opt optin optout finish finalize finalise settle* escalate deescalate delegate*
            route* reroute redirect* forward* normalize normalise optimize optimise rebalance rebuild* reindex
            recompute retrain train* fit** learn calibrate repair* fix* heal upgrade* downgrade* promote demote
            elevate supersede deprecate flag** unflag pause* resume* hold** release** unhold quarantine* unquarantine
            isolate cordon uncordon taint* untaint evacuate attach reattach rejoin rotate swap* shift* reposition
            align enrich tokenize mask* unmask anonymize anonymise pseudonymize obfuscate redact retag relabel
            checkpoint* snapshot** advance* postpone defer delay* skip* prioritize prioritise reprioritize rate
            review* persist flush* sign* countersign stamp certify attest endorse witness* notarize negotiate bid**
            vote** answer* respond reply* solve score** grade** inject* override* overlay* intervene interrupt*
            signal** touch* bump* pin** unpin unstar unlike favorite open* unbookmark arm* disarm tag** retitle
            transition** progress* handover handle* swipe* tap* click* press* drag* drop* control** operate drive**
            steer turn* turnon turnoff park* dock** undock rescore ratify carry balance** rewrite remap reserve*
            unreserve waive adopt interact mutate* bypass* advertise inherit unify consolidate combine compact*
            deduplicate dedupe fold* pack* unpack compress* decompress zip* unzip correct* moderate* curate coalesce
            sanitize cleanse sanitise feature** unfeature boost* unboost stop* halt* logout* signout logoff omit
            exclude untag unassign unlabel switchoff poweron recalculate capture* exchange** reverse* trade** order**
            stake* unstake invest divest share* invite* block* unblock login** signin** authenticate enroll mv setup*
            """
        ),
        (
            .destroys,
            """
            delete remove purge* destroy wipe* drop* truncate erase expunge obliterate eradicate annihilate nuke*
            shred* scrub* revoke rescind repeal void* cancel deactivate disable suspend terminate uninstall clear*
            reset* expire invalidate discard detach unlink disassociate dissociate deprovision decommission retire
            sunset* evict drain* kill* abort* shutdown* poweroff teardown* tear dispose trash* forfeit unpublish
            unregister deregister unenroll unenrol disenroll unbind unmount unset unshare unsubscribe ban* blacklist*
            blocklist* denylist* kick* eject expel banish disconnect withdraw retract recall* undeploy overwrite
            clobber forget cleanup* clean* prune* vacuum* empty* burn* escheat writeoff foreclose liquidate repossess
            seize confiscate deauthorize unauthorize deallocate relinquish abandon detonate unlist delist dismantle
            demolish factoryreset obsolete* unload reap crash* offboard ditch dequeue unschedule bin* zap* yank*
            deindex tombstone* archive* flush* reverse* rm rmdir flushall flushdb dropdb
            """
        ),
        (
            .executes,
            """
            run* execute exec start* invoke call* trigger* launch* fire* perform do issue** dispatch* kick kickoff
            initiate commence rerun restart* reboot* retry* redrive replay* resubmit wake* boot* spin* crawl* scrape*
            interact command** script** instruct actuate trip* failover* switchover* failback* orchestrate automate
            dial* drive** enqueue chat* converse prompt* poll*
            """
        ),
        (
            .sends,
            """
            send resend email** mail** notify message** sms** post** publish tweet* share* broadcast* announce invite*
            reinvite remind comment** reply* forward* deliver* distribute* dispatch* push* emit alert** page** ring*
            respond contact** escalate transmit relay* multicast text** telephone** whisper advertise syndicate
            """
        ),
        (
            .grants,
            """
            grant* allow* authorize authorise permit* entitle empower impersonate assume* elevate restrict deauthorize
            unauthorize deauthorise ban* unban whitelist* allowlist* trust* untrust federate masquerade sudo become
            protect unprotect unsuspend passrole reinstate deputize chmod chown
            """
        ),
        (
            .pays,
            """
            pay* prepay repay refund* reimburse charge** chargeback* remit disburse payout** payoff invoice**
            purchase* buy* sell* donate borrow lend topup* cashout preauthorize redeem escheat overcharge tip**
            debit** credit** bill** deposit** withdraw wire**
            """
        ),
        (
            .deploys,
            """
            deploy* redeploy undeploy publish unpublish release** rollout* rollback* promote ship* golive republish
            failover* switchover* upgrade* downgrade* cutover* restart* reboot*
            """
        ),
        (.exports, "export* dump* exfiltrate backup** offload unload replicate mirror* sync* archive* egress"),
        (.manages, "manage administer administrate maintain govern crud operate manipulate"),
        (
            .keys,
            """
            rotate encrypt decrypt reencrypt rekey regenerate reissue unseal seal** sign* wrap* unwrap unlock*
            """
        ),
    ]
}
