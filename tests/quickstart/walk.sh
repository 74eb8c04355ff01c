# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What ./quickstart does with the real client: staff of a small laboratory, then one gold ring from the
# counter and back to its owner. Sourced; uses $root, $work, $built, $server, $once, say and fail.

laboratory=JEW
# Log-in and name of everybody; the log-in is also the role. All persons are invented.
staff_names='reception:林小荷
technician:陈石
reviewer:赵青
signatory:吴砚
manager:孙梅
quality:周衡'

# The client as somebody: as LOG-IN NOUN VERB ...; what it says goes to the log, its answer to stdout.
as() {
    who=$1
    shift
    printf '\n$ touchstone --profile %s %s\n' "$who" "$*" >>"$work/walk.log"
    TOUCHSTONE_PROFILE=$who "$work/touchstone" "$@" 2>>"$work/walk.log" </dev/null || {
        tail -n 6 "$work/walk.log" >&2
        fail "a step did not succeed; every step is in $work/walk.log"
    }
}

password_of() {
    if [ ! -s "$work/passwords/$1" ]; then
        mkdir -p "$work/passwords"
        chmod 700 "$work/passwords"
        (umask 077 && openssl rand -hex 8 >"$work/passwords/$1")
    fi
    printf '%s' "$work/passwords/$1"
}

# The client's own files stay below build/quickstart; the script build/quickstart/touchstone sets that.
walk_client() {
    mkdir -p "$work/client/config/touchstone"
    {
        echo "current = reception"
        for who in administrator $(printf '%s\n' "$staff_names" | cut -d: -f1); do
            printf '\n[profile %s]\nserver = %s\nca = %s\nlaboratory = %s\n' \
                "$who" "$server" "$work/tls/ca.pem" "$laboratory"
            [ "$who" != reception ] || echo "desk = D1"
        done
    } >"$work/client/config/touchstone/config"
    cat >"$work/touchstone" <<'SCRIPT'
#!/bin/sh
# The client of ./quickstart, with its profiles and log-ins: touchstone --profile manager test list
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
export XDG_CONFIG_HOME="$here/client/config" XDG_STATE_HOME="$here/client/state" XDG_CACHE_HOME="$here/client/cache"
exec "$here/../quickstart-build/client/touchstone" "$@"
SCRIPT
    chmod +x "$work/touchstone"
    : >"$work/walk.log"
}

log_in() {
    as "$1" login "$1" --password-file "$(password_of "$1")" >>"$work/walk.log"
}

# Everybody of the list, or of a laboratory that earlier runs made those it does not know yet. `as` sets $who.
walk_members() {
    printf '%s\n' "$staff_names" | while IFS=: read -r member name; do
        [ "$1" = all ] || [ ! -s "$work/passwords/$member" ] || continue
        log_in administrator
        as administrator staff create "$member" --name "$name" --role "$member" \
            --password-file "$(password_of "$member")" >>"$work/walk.log"
    done
}

walk_staff() {
    walk_client
    if daemon_has_staff; then
        walk_members only-missing
    else
        "$built/server/touchstoned" staff add --config "$work/touchstoned.conf" --username administrator \
            --name 管理员 --laboratory "$laboratory" --role administrator \
            --password-file "$(password_of administrator)" >>"$work/walk.log" 2>&1 ||
            fail "the first administrator could not be added; see $work/walk.log"
        walk_members all
        as administrator staff signatory signatory --reason "authorised for jewellery" >>"$work/walk.log"
        log_in manager
        as manager staff qualify technician M_XRF --reason "trained and examined" >>"$work/walk.log"
        daemon_mark_staff
        say "Six people work here now: reception, technician, reviewer, signatory, manager, quality. 六位员工已就位。"
    fi
    for who in $(printf '%s\n' "$staff_names" | cut -d: -f1); do
        log_in "$who"
    done
}

# The keys of the public log, as anybody can get them; published right after the first sheet is entered.
walk_keys() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        curl -sS --fail --http2 --cacert "$work/tls/ca.pem" --max-time 10 -o "$work/keys.json" \
            "https://$server/log/keys.json" 2>>"$work/walk.log" && return
        sleep 0.5
    done
    fail "the log's keys were not published; see $work/daemon.log"
}

# Every step prints one line: what happened, and the same in Chinese.
walk_ring() {
    as reception catalogue products --field products.name_en >>"$work/walk.log"
    say "1 Intake     a walk-in's ring, marked Au750, 3.52 g, with a photo 收样：一枚 Au750 戒指"
    receipt=$(as reception intake register --owner-name 王小明 --owner-phone 13800138000 --item "戒指 Ring" \
        --product JEW_AU750 --claim "18K金 18 ct gold" --hallmark Au750 --mass 3.52 --stones "无 none" --value 2600 \
        --condition "表面洁净，无可见镀层 Clean, no visible plating" --photo "$root/tests/quickstart/ring.jpg" --test M_XRF:AU \
        --consent privacy --consent agreement --field receipt.receipt_no)
    item=$(as reception receipt show "$receipt" --field receipt.items.item_code)
    test=$(as reception receipt show "$receipt" --field receipt.items.tests.test_id)
    say "             receipt $receipt, item code $item 回执与样品编号"
    as manager test auto-assign >>"$work/walk.log"
    say "2 Assigned   by rule, to a qualified technician 按规则指派给有资质的检测员"
    as technician test enter "$test" --reading "753.4@戒圈外侧 0° shank" \
        --reading "753.1@戒圈外侧 120° shank" --reading "753.9@戒圈外侧 240° shank" --uncertainty 2.0 --k 2 \
        --instrument "X射线荧光光谱仪 XRF spectrometer, No. XRF-01" --temperature 23.1 --humidity 45 >>"$work/walk.log"
    verdict=$(as technician test submit "$test" --field test.judgement.verdict)
    say "3 Tested     753.4, 753.1, 753.9 ‰ by XRF; judged: $verdict 检测、判定并提交"
    as reviewer test approve "$test" --comment "readings checked" >>"$work/walk.log"
    say "4 Reviewed   by a second person 第二人复核通过"
    sheet=$(as signatory sheet release "$item" --meaning "批准签发 approved for issue" \
        --password-file "$(password_of signatory)" --field sheet.sheet_no)
    say "5 Released   sheet $sheet, signed again with password by a third 第三人授权签发"
    as reception sheet fetch "$sheet" --output "$work/sheet.pdf" >>"$work/walk.log"
    cp "$(daemon_state)/signer/seal-certificate.pem" "$work/seal.pem"
    walk_keys
    as reception verify "$work/sheet.pdf" --trust "$work/seal.pem" --keys "$work/keys.json" >>"$work/walk.log"
    say "6 Sealed     build/quickstart/sheet.pdf, a specimen (样张); seal, statement and log verify 报告已封印并验证"
    as reception receipt collect "$receipt" >>"$work/walk.log"
    as reception item return "$item" --mass 3.52 >>"$work/walk.log"
    say "7 Returned   sheet collected, ring weighed out at 3.52 g 取走报告，称重退还"
}

walk_what_next() {
    cat <<TEXT

Touchstone stays up at https://$server until you press Ctrl-C. 按 Ctrl-C 停止。
  log-ins     reception, technician, reviewer, signatory, manager, quality, administrator
  passwords   build/quickstart/passwords/NAME 密码文件
  authority   build/quickstart/tls/ca.pem
  log         build/quickstart/daemon.log
Try next, in another terminal 接下来可以试试:
  xdg-open build/quickstart/sheet.pdf
  build/quickstart/touchstone item show $item
  build/quickstart/touchstone --profile manager test list --state released
  build/quickstart/touchstone --profile quality history list --type item --id $item
  build/quickstart/touchstone verify build/quickstart/sheet.pdf --keys build/quickstart/keys.json
  xdg-open https://$server/s                        the consumer's page: drop the sheet on it 消费者核验页
  build/quickstart/touchstone desk                          the reception on a full screen, F1 helps 前台全屏界面
  build/quickstart/touchstone --profile technician bench    the bench on a full screen 检测台全屏界面
  xdg-open https://$server/board                    the wall board of an open day 开放日叫号大屏
  build/quickstart/touchstone help
TEXT
}
