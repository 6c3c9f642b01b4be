use super::*;
use crate::ids::{CouponId, CustomerId, LineNo as Line, StoreId};

fn coupon(number: u128, kind: CouponKind) -> Coupon {
    Coupon {
        id: CouponId::new(Uuid::from_u128(number)),
        code: format!("Code-{number}"),
        campaign: CampaignId::new(Uuid::from_u128(1)),
        kind,
        holder: None,
        start: None,
        end: None,
        uses: None,
        is_active: true,
        barcode: Some(format!("280{number}")),
        qr_code: Some(format!("https://qr.example/{number}")),
    }
}

fn set() -> CampaignSet {
    let mut one = campaign(1, "SPRING", off("10"));
    one.activation = Activation::Coupon;
    CampaignSet::compile(vec![one]).unwrap()
}

fn context() -> Context {
    Context::at(at("2026-03-04T15:00:00"))
}

fn customer(number: u128) -> Shopper {
    Shopper::new(CustomerId::new(Uuid::from_u128(number)))
}

fn enter(
    applied: &mut AppliedCoupons,
    input: &str,
    coupon: &Coupon,
    uses: u32,
    context: &Context,
) -> Result<(), CouponRefusal> {
    let find = |text: &str| coupon.answers_to(text).then_some(CouponOnFile { coupon, uses });
    applied.enter(input, OpenDocument::Sale, find, &set(), context).map(|_| ())
}

#[test]
fn code_barcode_and_qr_text_are_all_searched_in_any_case_d37() {
    for input in [" code-1 ", "2801", "HTTPS://QR.EXAMPLE/1"] {
        let coupon = coupon(1, CouponKind::Public);
        assert_eq!(enter(&mut AppliedCoupons::default(), input, &coupon, 0, &context()), Ok(()), "{input}");
    }
}

#[test]
fn a_single_use_coupon_is_used_once_in_all_and_by_its_holder_only_d29() {
    let mut single = coupon(1, CouponKind::SingleUse);
    let mut at_till = context();
    let try_it = |single: &Coupon, uses, at_till: &Context| {
        enter(&mut AppliedCoupons::default(), "CODE-1", single, uses, at_till)
    };
    at_till.shopper = Some(customer(8));
    assert_eq!(try_it(&single, 0, &at_till), Ok(()));
    assert_eq!(try_it(&single, 1, &at_till), Err(CouponRefusal::SingleUseUsed));
    single.holder = Some(CustomerId::new(Uuid::from_u128(7)));
    assert_eq!(try_it(&single, 0, &at_till), Err(CouponRefusal::PersonalOtherCustomer));
    at_till.shopper = Some(customer(7));
    assert_eq!(try_it(&single, 0, &at_till), Ok(()));
}

#[test]
fn a_coupon_of_a_record_that_was_made_one_with_another_is_that_customers_d29_d35() {
    for kind in [CouponKind::Personal, CouponKind::SingleUse] {
        let held = Coupon { holder: Some(CustomerId::new(Uuid::from_u128(7))), ..coupon(1, kind) };
        let mut at_till = context();
        let mut shopper = customer(8);
        let entered = |at_till: &Context| enter(&mut AppliedCoupons::default(), "CODE-1", &held, 0, at_till);
        at_till.shopper = Some(shopper.clone());
        assert_eq!(entered(&at_till), Err(CouponRefusal::PersonalOtherCustomer));
        shopper.also.extend(held.holder);
        at_till.shopper = Some(shopper);
        assert_eq!(entered(&at_till), Ok(()), "{kind:?}");
    }
}

#[test]
fn a_coupon_says_whether_its_customer_is_missing_or_has_used_its_campaign_and_programs_hear_the_originals_words()
 {
    let personal =
        Coupon { holder: Some(CustomerId::new(Uuid::from_u128(7))), ..coupon(1, CouponKind::Personal) };
    let nobody = enter(&mut AppliedCoupons::default(), "CODE-1", &personal, 0, &context());
    assert_eq!(nobody, Err(CouponRefusal::PersonalNoCustomer));
    let mut one = campaign(1, "SPRING", off("10"));
    one.activation = Activation::Coupon;
    (one.limits.uses, one.limits.uses_per_customer) = (Some(9), Some(1));
    let set = CampaignSet::compile(vec![one]).unwrap();
    let public = coupon(1, CouponKind::Public);
    let judge = |total, by_customer| {
        let mut at_till = context();
        at_till.shopper = Some(customer(7));
        at_till.uses.insert(public.campaign, Uses { total, by_customer, ..Uses::default() });
        CouponOnFile { coupon: &public, uses: 0 }.check(&set, &at_till)
    };
    assert_eq!([judge(1, 0), judge(1, 1)], [Ok(()), Err(CouponRefusal::CampaignUsedByCustomer)]);
    assert_eq!(judge(9, 1), Err(CouponRefusal::CampaignUsageLimit));
    let told = [CouponRefusal::CampaignUsedByCustomer, CouponRefusal::PersonalNoCustomer];
    let told = told.map(|refusal| serde_json::to_value(refusal).unwrap());
    assert_eq!(told, ["campaign_usage_limit", "personal_other_customer"]);
}

#[test]
fn store_hours_and_segment_are_judged_at_entry_d28() {
    let coupon = coupon(1, CouponKind::Public);
    let judge = |change: &dyn Fn(&mut Campaign)| {
        let mut one = campaign(1, "SPRING", off("10"));
        one.activation = Activation::Coupon;
        change(&mut one);
        let set = CampaignSet::compile(vec![one]).unwrap();
        CouponOnFile { coupon: &coupon, uses: 0 }.check(&set, &context())
    };
    assert_eq!(judge(&|_| {}), Ok(()));
    let store = |one: &mut Campaign| one.store = Some(StoreId::new(Uuid::from_u128(3)));
    assert_eq!(judge(&store), Err(CouponRefusal::CampaignStore));
    let sunday = |one: &mut Campaign| one.window.weekdays = Some(Weekdays::of([7]));
    assert_eq!(judge(&sunday), Err(CouponRefusal::CampaignHours));
    let segment = |one: &mut Campaign| one.segment = Some(crate::ids::SegmentId::new(Uuid::from_u128(3)));
    assert_eq!(judge(&segment), Err(CouponRefusal::CampaignSegment));
    let needs_none = |one: &mut Campaign| one.activation = Activation::Automatic;
    assert_eq!(judge(&needs_none), Err(CouponRefusal::CampaignNotCouponBased));
}

#[test]
fn a_coupon_opens_what_asks_for_it_as_one_of_several_ways_and_nothing_that_it_cannot_open() {
    let coupon = coupon(1, CouponKind::Public);
    let judge = |activation, condition| {
        let mut one = campaign(1, "SPRING", off("10"));
        (one.activation, one.condition) = (activation, condition);
        let found = CouponOnFile { coupon: &coupon, uses: 0 };
        let standing = found.standing_with(Some(&one), (0, minor(0)), context().moment.local);
        let checked = found.check(&CampaignSet::compile(vec![one]).unwrap(), &context());
        assert_eq!(checked.is_ok(), standing == CouponStanding::Good);
        checked
    };
    let not = |condition| Condition::Not(Box::new(condition));
    let ways = || Condition::Any(vec![Condition::Coupon, Condition::Tier("GOLD".to_string())]);
    assert_eq!(judge(Activation::Automatic, ways()), Ok(()));
    assert_eq!(judge(Activation::Automatic, not(Condition::All(vec![not(ways())]))), Ok(()));
    let none = Err(CouponRefusal::CampaignNotCouponBased);
    assert_eq!(judge(Activation::Automatic, not(Condition::Coupon)), none, "it would close it");
    assert_eq!(judge(Activation::Automatic, Condition::CustomerKnown), none);
    assert_eq!(judge(Activation::Never, ways()), none);
}

#[test]
fn what_another_hour_or_customer_mends_is_said_last() {
    let mut one = campaign(1, "SPRING", off("10"));
    one.activation = Activation::Coupon;
    one.window.weekdays = Some(Weekdays::of([7]));
    let set = CampaignSet::compile(vec![one]).unwrap();
    let mut coupon = coupon(1, CouponKind::SingleUse);
    let on_document = AppliedCoupon { id: coupon.id, code: coupon.code.clone(), campaign: coupon.campaign };
    let judge = |coupon: &Coupon, uses: u32, applied: Vec<AppliedCoupon>| {
        let find = |_: &str| Some(CouponOnFile { coupon, uses });
        let entered = AppliedCoupons::of(applied)
            .enter("code-1", OpenDocument::Sale, find, &set, &context())
            .map(|_| ());
        entered.unwrap_err()
    };
    assert_eq!(judge(&coupon, 0, vec![]), CouponRefusal::CampaignHours);
    assert_eq!(judge(&coupon, 0, vec![on_document]), CouponRefusal::AlreadyApplied);
    coupon.holder = Some(CustomerId::new(Uuid::from_u128(7)));
    assert_eq!(judge(&coupon, 0, vec![]), CouponRefusal::PersonalNoCustomer);
    assert_eq!(judge(&coupon, 1, vec![]), CouponRefusal::SingleUseUsed);
    coupon.uses = Some(1);
    assert_eq!(judge(&coupon, 1, vec![]), CouponRefusal::CouponUsageLimit);
    coupon.kind = CouponKind::Personal;
    coupon.holder = None;
    assert_eq!(judge(&coupon, 1, vec![]), CouponRefusal::PersonalUnassigned);
}

#[test]
fn a_coupons_dates_are_instants_on_the_stores_clock_a19_d30() {
    let mut dated = coupon(1, CouponKind::Public);
    dated.end = parse_local("2026-03-04T15:00:00");
    let set = set();
    let judge = |moment: &str| CouponOnFile { coupon: &dated, uses: 0 }.check(&set, &Context::at(at(moment)));
    assert_eq!(judge("2026-03-04T15:00:00"), Ok(()));
    assert_eq!(judge("2026-03-04T15:00:01"), Err(CouponRefusal::CouponDates));
}

#[test]
fn a_second_coupon_of_the_same_campaign_is_refused_d34() {
    let mut applied = AppliedCoupons::default();
    let (first, second) = (coupon(1, CouponKind::Public), coupon(2, CouponKind::Public));
    assert_eq!(enter(&mut applied, "CODE-1", &first, 0, &context()), Ok(()));
    assert_eq!(enter(&mut applied, "CODE-1", &first, 0, &context()), Err(CouponRefusal::AlreadyApplied));
    let refused = enter(&mut applied, "CODE-2", &second, 0, &context());
    assert_eq!(refused, Err(CouponRefusal::CampaignAlreadyApplied));
    assert!(applied.release(first.id) && !applied.release(first.id));
    assert_eq!(enter(&mut applied, "CODE-2", &second, 0, &context()), Ok(()));
}

#[test]
fn what_was_applied_is_judged_again_d31() {
    let mut applied = AppliedCoupons::default();
    let mut coupon = coupon(1, CouponKind::Public);
    enter(&mut applied, "CODE-1", &coupon, 0, &context()).unwrap();
    let (codes, dropped) =
        applied.unlock(|_| Some(CouponOnFile { coupon: &coupon, uses: 0 }), &set(), &context());
    assert!(codes.contains("SPRING") && dropped.is_empty());
    coupon.is_active = false;
    let (codes, dropped) =
        applied.unlock(|_| Some(CouponOnFile { coupon: &coupon, uses: 0 }), &set(), &context());
    assert!(codes.is_empty());
    assert_eq!(dropped, [(coupon.id, CouponRefusal::Blocked)]);
}

#[test]
fn codes_of_a_batch_carry_a_check_character_that_catches_slips_and_swaps() {
    let campaign = CampaignId::new(Uuid::from_u128(1));
    let batch = Batch { campaign, prefix: "SPRING".into(), kind: CouponKind::SingleUse };
    let id = |number| CouponId::new(Uuid::from_u128(number));
    let seeds = (1..=50_u64)
        .map(|number| (id(number.into()), number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes()));
    for coupon in batch.mint(seeds).unwrap() {
        assert_eq!(check_code(&coupon.code.to_lowercase()), Ok(()));
        let characters: Vec<char> = coupon.code.chars().collect();
        for at in 7..characters.len() {
            let mut slip = characters.clone();
            slip[at] = if slip[at] == 'X' { 'Y' } else { 'X' };
            assert_eq!(check_code(&slip.iter().collect::<String>()), Err(CodeError::CheckCharacter));
            let mut swap = characters.clone();
            if at > 7 && swap[at] != swap[at - 1] {
                swap.swap(at, at - 1);
                assert_eq!(check_code(&swap.iter().collect::<String>()), Err(CodeError::CheckCharacter));
            }
        }
    }
    assert_eq!(batch.mint([(id(1), [0; 8]), (id(2), [0; 8])]), Err(BatchError::Repeats));
    assert_eq!(check_code("SPRING-123"), Err(CodeError::Malformed));
}

#[test]
fn a_slip_in_the_code_of_a_batch_is_told_from_a_code_that_nobody_has() {
    let campaign = CampaignId::new(Uuid::from_u128(1));
    let batch = Batch { campaign, prefix: String::new(), kind: CouponKind::SingleUse };
    let id = CouponId::new(Uuid::from_u128(1));
    let minted = batch.mint([(id, [7; 8])]).unwrap().remove(0);
    let (first, rest) = minted.code.split_at(1);
    let slip = format!("{}{rest}", if first == "X" { "Y" } else { "X" });
    let enter = |code: &str| enter(&mut AppliedCoupons::default(), code, &minted, 0, &context());
    assert_eq!(enter(&slip), Err(CouponRefusal::Mistyped));
    assert_eq!(enter("no such code"), Err(CouponRefusal::NotFound));
    assert_eq!(serde_json::to_string(&CouponRefusal::Mistyped).unwrap(), "\"not_found\"");
}

#[test]
fn several_coupons_of_one_campaign_share_its_sum_to_the_minor_unit_d33() {
    let campaign = CampaignId::new(Uuid::from_u128(1));
    let applied = (1..=3).map(|number| AppliedCoupon {
        id: CouponId::new(Uuid::from_u128(number)),
        code: format!("C-{number}"),
        campaign,
    });
    let rows = [discount(1, RowSource::Campaign(Some(campaign)), 1_000)];
    let applied = AppliedCoupons::of(applied.collect());
    let back: Vec<i64> = applied.shares(campaign, minor(500)).iter().map(|(_, part)| part.minor()).collect();
    assert_eq!(back, [167, 167, 166], "what went back with goods is shared like what was given");
    assert_eq!(applied.shares(CampaignId::new(Uuid::from_u128(2)), minor(500)), []);
    let mut usage = Usage::of(&rows, &applied);
    let shares: Vec<i64> = usage.coupons.iter().map(|used| used.amount.minor()).collect();
    assert_eq!(shares, [334, 333, 333]);
    assert_eq!(usage.campaigns[0].coupon_code.as_deref(), Some("C-1"));
    assert!(usage.reverse("returned") && !usage.reverse("again"));
    assert_eq!(usage.reversed.as_deref(), Some("returned"));
}

fn discount(no: u32, source: RowSource, amount: i64) -> DiscountRow {
    DiscountRow {
        no,
        source,
        amount: minor(amount),
        rate: None,
        code: None,
        line: None,
        tender: None,
        is_cancelled: false,
    }
}

#[test]
fn bringing_rows_in_step_twice_changes_nothing_and_other_rows_stay_d24() {
    let set = CampaignSet::compile(vec![campaign(1, "A-LONGER-THAN-FIFTEEN", off("10"))]).unwrap();
    let evaluation = set.evaluate(&cart(vec![line(1, 1, "1", 1_000)])).unwrap();
    let mut rows = vec![discount(4, RowSource::Other, 50), discount(7, RowSource::Campaign(None), 20)];
    synchronise(&rows, &evaluation, &set).apply(&mut rows);
    assert_eq!(rows.len(), 3);
    assert_eq!((rows[2].no, rows[2].code.as_deref()), (8, Some("A-LONGER-THAN-F")));
    assert!(rows[1].is_cancelled && !rows[0].is_cancelled);
    assert_eq!(discount_total(&rows), minor(150));
    assert!(synchronise(&rows, &evaluation, &set).is_empty());
    let nothing = set.evaluate(&cart(vec![])).unwrap();
    assert_eq!(synchronise(&rows, &nothing, &set).cancel.into_iter().collect::<Vec<_>>(), [2], "by place");
    assert_eq!(rows[2].line, None::<Line>);
}

#[test]
fn rows_are_booked_by_identity_in_force_or_not_d19_d20() {
    let gone = CampaignId::new(Uuid::from_u128(77));
    let rows = [
        discount(1, RowSource::Campaign(Some(gone)), 300),
        discount(2, RowSource::Campaign(Some(gone)), 75),
        discount(3, RowSource::Other, 500),
    ];
    let usage = Usage::of(&rows, &AppliedCoupons::default());
    assert_eq!(usage.campaigns.len(), 1);
    assert_eq!((usage.campaigns[0].campaign, usage.campaigns[0].amount), (gone, minor(375)));
}

#[test]
fn a_coupon_that_is_listed_twice_stands_on_the_document_once() {
    let Coupon { id, code, campaign, .. } = coupon(1, CouponKind::MultiUse);
    let one = AppliedCoupon { id, code, campaign };
    let other = AppliedCoupon { id: CouponId::new(Uuid::from_u128(2)), ..one.clone() };
    let applied = AppliedCoupons::of(vec![one.clone(), other.clone(), one.clone()]);
    assert_eq!(applied.iter().collect::<Vec<_>>(), [&one, &other]);
}

#[test]
fn how_a_coupon_stands_says_the_first_thing_that_keeps_it_from_counting() {
    let at = |text: &str| at(text).local;
    let now = at("2026-03-04T15:00:00");
    let standing = |coupon: &Coupon, uses| CouponOnFile { coupon, uses }.standing(now);
    let mut single = coupon(1, CouponKind::SingleUse);
    assert_eq!(standing(&single, 0), CouponStanding::Good);
    assert_eq!(standing(&single, 1), CouponStanding::UsedUp);
    single.end = Some(now);
    assert_eq!(standing(&single, 0), CouponStanding::Good, "its last instant counts");
    single.end = Some(at("2026-03-04T14:59:59"));
    assert_eq!(standing(&single, 0), CouponStanding::Over);
    single.start = Some(at("2026-03-04T15:00:01"));
    assert_eq!(standing(&single, 0), CouponStanding::NotYet);
    let mut thrice = Coupon { uses: Some(3), ..coupon(2, CouponKind::Public) };
    assert_eq!([2, 3].map(|uses| standing(&thrice, uses)), [CouponStanding::Good, CouponStanding::UsedUp]);
    thrice.is_active = false;
    assert_eq!(standing(&thrice, 3), CouponStanding::Blocked);
}

#[test]
fn a_coupon_stands_no_better_than_the_campaign_it_opens() {
    let now = at("2026-03-04T15:00:00").local;
    let coupon = coupon(1, CouponKind::Public);
    let mut opened = campaign(1, "A", off("10"));
    opened.activation = Activation::Coupon;
    let with = |campaign: Option<&Campaign>, used: u32, given: i64| {
        CouponOnFile { coupon: &coupon, uses: 0 }.standing_with(campaign, (used, minor(given)), now)
    };
    assert_eq!(with(Some(&opened), 9, 900), CouponStanding::Good);
    assert_eq!(with(None, 0, 0), CouponStanding::CampaignOut, "withdrawn");
    let changed = |change: fn(&mut Campaign)| {
        let mut one = opened.clone();
        change(&mut one);
        with(Some(&one), 3, 900)
    };
    assert_eq!(changed(|one| one.is_active = false), CouponStanding::CampaignOut);
    assert_eq!(changed(|one| one.activation = Activation::Automatic), CouponStanding::CampaignOut);
    assert_eq!(changed(|one| one.window.end = "2026-03-03".parse().ok()), CouponStanding::CampaignOut);
    assert_eq!(changed(|one| one.window.end = "2026-03-04".parse().ok()), CouponStanding::Good);
    assert_eq!(changed(|one| one.limits.uses = Some(3)), CouponStanding::CampaignUsedUp);
    assert_eq!(changed(|one| one.limits.uses = Some(4)), CouponStanding::Good);
    assert_eq!(changed(|one| one.limits.budget = Some(minor(900))), CouponStanding::CampaignUsedUp);
    let blocked = Coupon { is_active: false, ..coupon.clone() };
    let own = CouponOnFile { coupon: &blocked, uses: 0 }.standing_with(None, (0, minor(0)), now);
    assert_eq!(own, CouponStanding::Blocked, "what it says itself comes first");
}

#[test]
fn a_coupon_that_no_till_keeps_is_told_by_its_field() {
    let fits = coupon(1, CouponKind::Public);
    assert_eq!(fits.unfit(), None);
    let text = |text: &str| Some(text.to_owned());
    let instant = |text: &str| text.parse().ok();
    for (field, wrong) in [
        ("code", Coupon { code: " ".to_owned(), ..fits.clone() }),
        ("code", Coupon { code: "x".repeat(101), ..fits.clone() }),
        ("barcode", Coupon { barcode: text("28\u{7}"), ..fits.clone() }),
        ("qr_code", Coupon { qr_code: text(""), ..fits.clone() }),
        (
            "end",
            Coupon {
                start: instant("2026-03-02T00:00:00"),
                end: instant("2026-03-01T00:00:00"),
                ..fits.clone()
            },
        ),
    ] {
        assert_eq!(wrong.unfit(), Some(field), "{wrong:?}");
    }
}
