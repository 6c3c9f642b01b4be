//! Records that are one person, or may be.

use super::*;

#[test]
fn a_merge_moves_points_account_consents_cards_and_history_and_nothing_is_counted_twice() {
    let mut shop = open();
    let mut twin = NewCustomer::named("N1", "Grace Hoper");
    twin.details.phone = Some("0555 1".to_owned());
    twin.account_limit = Some(minor(10_000));
    let (keeps, goes) = (grace(&shop), shop.till.add_customer(&twin).unwrap());
    sold(&mut shop, goes, "4");
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(goes)).unwrap();
    shop.execute(pay(TenderKind::OnAccount, 250));
    shop.till.issue_card(goes, "77").unwrap();
    shop.till.record_consent(goes, Purpose::Email, true, "v1").unwrap();
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(keeps)).unwrap();
    shop.execute(pay(TenderKind::OnAccount, 250));
    let itself = shop.till.merge_customers(keeps, keeps);
    assert!(matches!(itself, Err(Error::NotMerged(MergeRefusal::Itself))), "{itself:?}");
    shop.till.merge_customers(keeps, goes).unwrap();
    let again = shop.till.merge_customers(keeps, goes);
    assert!(matches!(again, Err(Error::NotMerged(MergeRefusal::AlreadyDone))), "{again:?}");
    let known = shop.till.customer(keeps).unwrap().unwrap();
    // Both owed 2.50.
    assert_eq!((known.points, known.account_balance), (Some(Points::new(500 + 10 + 2 + 2)), minor(500)));
    let member = shop.till.membership(goes).unwrap().unwrap();
    assert_eq!((member.customer, member.spending.purchases), (keeps, 3));
    assert_eq!(shop.till.customer_of_card("77").unwrap(), keeps);
    assert!(shop.till.person(keeps).unwrap().unwrap().consents.holds(Purpose::Email));
    assert_eq!(shop.till.person(goes).unwrap().unwrap().standing, Standing::Merged { into: keeps });
    // The history of both is one, and it is that of whichever record is asked for.
    let of = |id| shop.till.documents_of(id, 10).unwrap();
    assert_eq!((of(keeps).len(), of(goes)), (3, of(keeps)));
    assert_eq!(shop.till.documents_of(keeps, 1).unwrap(), of(keeps)[..1]);
    let points = |id| shop.till.point_movements(id, 20).unwrap();
    assert!(points(keeps).iter().any(|row| row.customer == goes), "what was earned under the other record");
    assert_eq!(points(goes), points(keeps));
    // What was sold to the record that went comes back to the one that stayed.
    let sale = of(keeps)[2].id;
    shop.approved(Request::begin_return(sale));
    shop.execute(Command::ReturnLine(saleflex_core::document::ReturnLine {
        line: saleflex_core::ids::LineNo(1),
        quantity: shop::quantity("4"),
        state: saleflex_core::basket::GoodsState::New,
        restock: true,
        reason: None,
        serials: Vec::new(),
    }));
    shop.execute(cash());
    assert_eq!(shop.till.customer(keeps).unwrap().unwrap().points, Some(Points::new(504)));
    // Whoever asks for the old record gets the new one.
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(goes)).unwrap();
    assert_eq!(shop.till.draft().unwrap().customer, Some(keeps));
    check(&shop);
}

#[test]
fn a_record_on_the_open_document_is_merged_into_none_and_it_is_said_that_this_is_why() {
    let mut shop = open();
    let (keeps, goes) = (grace(&shop), add(&mut shop, "N1", "Grace Hoper", ""));
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(goes)).unwrap();
    let refused = shop.till.merge_customers(keeps, goes);
    let why = MergeRefusal::OnDocument { customer: goes };
    assert!(matches!(refused, Err(Error::NotMerged(other)) if other == why), "{refused:?}");
    assert!(shop.till.person(goes).unwrap().unwrap().is_live());
}

#[test]
fn what_people_decided_about_segments_is_kept_in_a_merge_and_only_records_in_use_are_counted() {
    let mut shop = open();
    let (keeps, goes) = (grace(&shop), add(&mut shop, "N1", "Grace Hoper", ""));
    let by_hand = segment(1, Criterion::MinPurchases(100));
    let by_rule = segment(2, Criterion::MinPurchases(1));
    let both = segment(3, Criterion::MinPurchases(100));
    for segment in [&by_hand, &by_rule, &both] {
        shop.till.save_segment(segment.clone()).unwrap();
    }
    sold(&mut shop, goes, "1");
    // In by hand, out by hand against the rule; about the third both were decided.
    for (segment, customer, is_in) in
        [(&by_hand, goes, true), (&by_rule, goes, false), (&both, goes, true), (&both, keeps, false)]
    {
        shop.till.set_segment_member(segment.id, customer, is_in).unwrap();
    }
    shop.till.merge_customers(keeps, goes).unwrap();
    assert_eq!(codes(&shop, keeps), ["S1"]);
    // What was decided holds on: a purchase puts nobody in who is kept out.
    sold(&mut shop, keeps, "1");
    assert_eq!(codes(&shop, keeps), ["S1"]);
    for (segment, size) in [(&by_hand, 1), (&by_rule, 0), (&both, 0)] {
        let members = shop.till.segment_members(segment, 5).unwrap().len();
        assert_eq!(
            (shop.till.segment_size(segment).unwrap(), members),
            (size, usize::try_from(size).unwrap())
        );
    }
    check(&shop);
}

#[test]
fn records_that_may_be_one_person_are_listed() {
    let mut shop = open();
    let mut new = NewCustomer::named("N1", "Ada King");
    new.details.email = Some("ada@example.org".to_owned());
    let one = shop.till.add_customer(&new).unwrap();
    shop.clock.advance(chrono::Duration::seconds(1));
    let mut new = NewCustomer::named("N2", "A King");
    new.details.email = Some("ADA@example.org".to_owned());
    let other = shop.till.add_customer(&new).unwrap();
    let found = shop.till.possible_duplicates().unwrap();
    assert_eq!((found.len(), found[0].older, found[0].newer), (1, one, other));
    assert_eq!(found[0].likeness, [Likeness::Email]);
}

#[test]
fn whose_telephone_becomes_anothers_is_told_listed_and_said_when_they_buy() {
    let mut shop = open();
    let one = add(&mut shop, "N1", "Ada King", "0555 111 22 33");
    shop.clock.advance(chrono::Duration::seconds(1));
    let other = add(&mut shop, "N2", "Ada Kingg", "+90 555 111 22 33");
    assert!(
        shop.till.phone_clashes().unwrap().is_empty() && shop.till.possible_duplicates().unwrap().is_empty()
    );
    sold(&mut shop, other, "1");
    let mut settings = shop.till.settings().clone();
    settings.dialling = PhoneRules::new(CallingCode::parse("90"), TrunkPrefix::Zero);
    shop.till.change_settings(settings).unwrap();
    let taken = PhoneTaken { by: one };
    assert_eq!(shop.till.phone_clashes().unwrap(), [(other, taken)]);
    let found = shop.till.possible_duplicates().unwrap();
    let pair = (found[0].older, found[0].newer, found[0].likeness.as_slice());
    assert_eq!(pair, (one, other, &[Likeness::Phone][..]));
    // The membership of who is a member already stays, and whoever sells hears of it.
    let mut put_on_a_sale = |id| {
        shop.execute(sell("A"));
        let notes = shop.till.assign_customer(Some(id)).unwrap().notes().to_vec();
        shop.execute(cash());
        notes
    };
    assert_eq!(put_on_a_sale(other), [Note::Join(JoinNote::PhoneShared(taken))]);
    assert_eq!(put_on_a_sale(one), []);
    check(&shop);
}

#[test]
fn nobody_is_made_a_member_by_a_command_with_somebody_elses_telephone() {
    let mut shop = open();
    let one = add(&mut shop, "N1", "Ada King", "0555 111 22 33");
    shop.clock.advance(chrono::Duration::seconds(1));
    let other = add(&mut shop, "N2", "Ada Kingg", "+90 555 111 22 33");
    let mut settings = shop.till.settings().clone();
    settings.dialling = PhoneRules::new(CallingCode::parse("90"), TrunkPrefix::Zero);
    shop.till.change_settings(settings).unwrap();
    let refused = shop.till.enrol(other);
    let taken = saleflex_core::loyalty::NotEnrolled::PhoneTaken(PhoneTaken { by: one });
    assert!(matches!(&refused, Err(Error::NotEnrolled(why)) if *why == taken), "{refused:?}");
    shop.till.enrol(one).unwrap();
}
