import { describe, expect, it } from "vitest";

import { accounts, chinese, NOW_S, ok, refused, startIm, unchanged, type Im } from "./im.ts";
import { proves } from "./proves.ts";

const GroupId = "@TGS#_mine";

/** The whole id of one of the community's topics. */
function topicId(own: string, groupId = GroupId): string {
  return `${groupId}@TOPIC#_${own}`;
}

/** Starts a server with leckie's community. */
async function start(): Promise<Im> {
  const im = await startIm();
  await im.create({ Type: "Community", GroupId, Owner_Account: "leckie", SupportTopic: 1 });
  return im;
}

/** Creates topics by their own parts, which are their names as well. */
async function createTopics({ rest }: Im, ...owns: readonly string[]): Promise<void> {
  for (const own of owns) {
    const TopicId = topicId(own);
    expect(await rest("create_topic", { GroupId, TopicId, TopicName: own })).toEqual(ok({ TopicId }));
  }
}

/** The answer to a command of topics that was carried out: its text is not empty. */
function okay(fields: object = {}): unknown {
  return { ...(ok(fields) as object), ErrorInfo: "ok" };
}

/** The names of all topics there are, in order. */
async function names({ rest }: Im): Promise<unknown[]> {
  const answer = await rest("get_topic", { GroupId });
  return (answer["TopicAndSelfInfo"] as { TopicInfo: Record<string, unknown> }[]).map(
    ({ TopicInfo }) => TopicInfo["TopicName"],
  );
}

const texts = [
  ["TopicName", 30],
  ["Introduction", 240],
  ["Notification", 300],
  ["FaceUrl", 100],
  ["CustomString", 3_000],
] as const;

describe("create_topic", () => {
  it("answers with the id", proves("rest:create-topic:answer", "rest:create-topic:generated-id"), async () => {
    const im = await start();
    expect(await im.rest("create_topic", { GroupId, TopicId: topicId("rules"), TopicName: "Rules" })).toEqual(
      ok({ TopicId: topicId("rules") }),
    );
    expect(await im.rest("create_topic", { GroupId, TopicName: "Rules" })).toEqual(
      ok({ TopicId: expect.stringMatching(/^@TGS#_mine@TOPIC#_@TOPIC#c[A-Z0-9]{12}$/) }),
    );
  });

  it("takes ids of the community", proves("rest:create-topic:custom-id", "rest:create-topic:id-taken"), async () => {
    const im = await start();
    const longest = topicId("a".repeat(96 - topicId("").length));
    for (const TopicId of [topicId("a"), longest, topicId("~ !@#")]) {
      expect(await im.rest("create_topic", { GroupId, TopicId, TopicName: "n" })).toEqual(ok({ TopicId }));
    }
    await unchanged(im, GroupId, async () => {
      for (const TopicId of [
        "",
        "a",
        GroupId,
        topicId(""),
        `${longest}a`,
        topicId("群"),
        topicId("a\n"),
        topicId("\ud800"),
        topicId("a", "@TGS#_other"),
        topicId("@TGS#_a"),
        topicId("@TOPIC#_a"),
        topicId("a@TOPIC#_@TOPIC#b"),
      ]) {
        expect(await im.rest("create_topic", { GroupId, TopicId, TopicName: "n" }), TopicId).toEqual(
          refused(10004, "TopicId"),
        );
      }
      expect(await im.rest("create_topic", { GroupId, TopicId: topicId("a"), TopicName: "n" })).toEqual(
        refused(10025, "TopicId"),
      );
    });
  });

  it("keeps to the lengths", proves("rest:create-topic:lengths", "rest:create-topic:name-required"), async () => {
    const im = await start();
    for (const [field, bytes] of texts) {
      const body = { GroupId, TopicName: "n", TopicId: topicId(field) };
      await unchanged(im, GroupId, async () => {
        for (const text of ["a".repeat(bytes + 1), `${chinese(bytes)}a`]) {
          expect(await im.rest("create_topic", { ...body, [field]: text })).toEqual(refused(10004, field));
        }
      });
      expect(await im.rest("create_topic", { ...body, [field]: chinese(bytes) })).toMatchObject({ ErrorCode: 0 });
      expect(await im.rest("get_topic", { GroupId, TopicIdList: [topicId(field)] })).toMatchObject({
        TopicAndSelfInfo: [{ TopicInfo: { [field]: chinese(bytes) } }],
      });
    }
    for (const TopicName of [undefined, "", 7, null]) {
      expect(await im.rest("create_topic", { GroupId, TopicName })).toEqual(refused(10004, "TopicName"));
    }
  });

  it(
    "works where topics can be",
    proves("rest:create-topic:other-types", "rest:get-topic:other-types", "rest:create-topic:not-found"),
    async () => {
      const im = await start();
      for (const Type of ["Work", "Public", "Meeting", "AVChatRoom", "Community"]) {
        const groupId = await im.create({ Type, Owner_Account: "leckie" });
        const TopicId = topicId("a", groupId);
        for (const [command, more] of [
          ["create_topic", { TopicName: "n" }],
          ["import_topic", { TopicName: "n" }],
          ["modify_topic", { TopicId, TopicName: "n" }],
          ["destroy_topic", { TopicIdList: [TopicId] }],
          ["get_topic", {}],
        ] as const) {
          expect(await im.rest(command, { GroupId: groupId, ...more }), `${command} ${Type}`).toEqual(
            refused(10007, "GroupId"),
          );
        }
      }
      for (const [command, more] of [
        ["create_topic", { TopicName: "n" }],
        ["import_topic", { TopicName: "n" }],
        ["get_topic", {}],
        ["modify_topic", { TopicId: topicId("a") }],
      ] as const) {
        expect(await im.rest(command, { GroupId: "@TGS#_none", ...more })).toEqual(refused(10010, "GroupId"));
        expect(await im.rest(command, { GroupId: "群", ...more })).toEqual(refused(10015, "GroupId"));
      }
    },
  );

  it("needs an app with communities and topics", proves("rest:create-topic:not-enabled"), async () => {
    const im = await startIm({ features: { community: true } });
    await im.create({ Type: "Community", GroupId });
    for (const [command, more] of [
      ["create_topic", { TopicName: "n" }],
      ["import_topic", { TopicName: "n" }],
      ["modify_topic", { TopicId: topicId("a") }],
      ["destroy_topic", { TopicIdList: [topicId("a")] }],
      ["get_topic", {}],
    ] as const) {
      expect(await im.rest(command, { GroupId, ...more })).toEqual(refused(11000, "topics"));
    }
  });

  it("makes up to 200", proves("rest:create-topic:200"), async () => {
    const im = await start();
    await createTopics(im, ...Array.from({ length: 200 }, (_, i) => String(i)));
    await unchanged(im, GroupId, async () => {
      for (const command of ["create_topic", "import_topic"]) {
        expect(await im.rest(command, { GroupId, TopicName: "n" })).toEqual(refused(10037, "topics"));
      }
    });
    expect(await im.rest("destroy_topic", { GroupId, TopicIdList: [topicId("7")] })).toMatchObject({ ErrorCode: 0 });
    expect(await im.rest("create_topic", { GroupId, TopicName: "n" })).toMatchObject({ ErrorCode: 0 });
  });

  it("may be in another's name", proves("rest:create-topic:from-account"), async () => {
    const im = await start();
    await im.told();
    const body = { GroupId, TopicName: "n", From_Account: "leckie" };
    expect(await im.rest("create_topic", body)).toMatchObject({ ErrorCode: 0 });
    expect(await im.told()).toMatchObject([{ Operator_Account: "leckie" }]);
    expect(await im.rest("create_topic", { ...body, From_Account: "nobody" })).toEqual(refused(10019, "From_Account"));
    expect(await names(im)).toEqual(["n"]);
  });
});

describe("destroy_topic", () => {
  it(
    "has a result for each topic",
    proves("rest:destroy-topic:answer", "rest:destroy-topic:per-topic", "rest:destroy-topic:twice-in-one"),
    async () => {
      const im = await start();
      await createTopics(im, "a", "b", "c", "d");
      const destroy = (...TopicIdList: string[]) => im.rest("destroy_topic", { GroupId, TopicIdList });
      const done = { ErrorCode: 0, ErrorInfo: "ok" };
      expect(await destroy(topicId("b"), topicId("a"))).toEqual(
        okay({
          DestroyResultItem: [
            { ...done, TopicId: topicId("b") },
            { ...done, TopicId: topicId("a") },
          ],
        }),
      );
      const wanted = [
        topicId("a"),
        topicId("c"),
        "x",
        topicId("c"),
        topicId("d", "@TGS#_other"),
        topicId("none"),
        "\ud800",
      ];
      const answer = await destroy(...wanted);
      expect(answer).toEqual(okay({ DestroyResultItem: expect.any(Array) }));
      const items = answer["DestroyResultItem"] as { ErrorCode: number; ErrorInfo: string; TopicId: string }[];
      expect(items.map(({ TopicId }) => TopicId)).toEqual(wanted);
      expect(items.map(({ ErrorCode }) => ErrorCode)).toEqual([110003, 0, 10015, 110003, 10015, 110003, 10015]);
      expect(items.map(({ ErrorInfo }) => ErrorInfo === "ok")).toEqual(items.map(({ ErrorCode }) => ErrorCode === 0));
      expect(await names(im)).toEqual(["d"]);
    },
  );

  it(
    "needs topics of a group",
    proves("rest:destroy-topic:not-found", "rest:destroy-topic:list-required"),
    async () => {
      const im = await start();
      await createTopics(im, "a");
      await unchanged(im, GroupId, async () => {
        for (const groupId of ["@TGS#_none", "none", "群", ""]) {
          expect(await im.rest("destroy_topic", { GroupId: groupId, TopicIdList: [topicId("a")] })).toEqual(
            refused(10015, "GroupId"),
          );
        }
        for (const TopicIdList of [undefined, [], topicId("a"), [7], null]) {
          expect(await im.rest("destroy_topic", { GroupId, TopicIdList })).toEqual(refused(10004, "TopicIdList"));
        }
      });
      expect(await names(im)).toEqual(["a"]);
    },
  );
});

describe("get_topic", () => {
  it("gives a topic's fields", proves("rest:get-topic:entry", "rest:get-topic:filter"), async () => {
    const im = await start();
    const own = { TopicName: "Rules", Introduction: "i", Notification: "n", FaceUrl: "f", CustomString: "c" };
    const TopicId = topicId("rules");
    await im.rest("create_topic", { GroupId, TopicId, From_Account: "leckie", ...own });
    const entry = {
      ErrorCode: 0,
      ErrorInfo: "ok",
      SelfInfo: { ShutUpTime: 0, MsgSeq: 0, MsgFlag: "AcceptAndNotify" },
      TopicInfo: {
        ...own,
        GroupID: GroupId,
        TopicId,
        NextMsgSeq: 1,
        CreateTime: NOW_S,
        LastMsgTime: 0,
        MuteAllMember: "Off",
      },
    };
    expect(await im.rest("get_topic", { GroupId, From_Account: "leckie", TopicIdList: [TopicId] })).toEqual(
      okay({ TopicAndSelfInfo: [entry] }),
    );
    for (const [ResponseFilter, fields] of [
      [[], {}],
      [["TopicName", "CreateTime", "Unheard"], { TopicName: "Rules", CreateTime: NOW_S }],
    ] as const) {
      expect(await im.rest("get_topic", { GroupId, ResponseFilter })).toEqual(
        okay({ TopicAndSelfInfo: [{ ...entry, TopicInfo: { GroupID: GroupId, TopicId, ...fields } }] }),
      );
    }
  });

  it("gives all, or a result for each", proves("rest:get-topic:all", "rest:get-topic:per-topic"), async () => {
    const im = await start();
    expect(await im.rest("get_topic", { GroupId })).toEqual(okay({ TopicAndSelfInfo: [] }));
    await createTopics(im, "b", "a", "c");
    for (const more of [{}, { TopicIdList: [] }]) {
      expect(await im.rest("get_topic", { GroupId, ...more })).toMatchObject({
        TopicAndSelfInfo: ["b", "a", "c"].map((own) => ({ ErrorCode: 0, TopicInfo: { TopicId: topicId(own) } })),
      });
    }
    const TopicIdList = [topicId("c"), topicId("none"), "x", topicId("b")];
    const answer = await im.rest("get_topic", { GroupId, TopicIdList });
    expect(answer).toEqual(okay({ TopicAndSelfInfo: expect.any(Array) }));
    expect(answer).toMatchObject({
      TopicAndSelfInfo: TopicIdList.map((TopicId, i) => ({
        ErrorCode: [0, 110003, 110003, 0][i],
        TopicInfo: { TopicId, GroupID: GroupId },
      })),
    });
  });
});

describe("modify_topic", () => {
  const TopicId = topicId("rules");

  it("changes what is there", proves("rest:modify-topic:answer"), async () => {
    const im = await start();
    await createTopics(im, "rules", "other");
    const read = async () => (await im.rest("get_topic", { GroupId }))["TopicAndSelfInfo"] as { TopicInfo: object }[];
    const [before, other] = await read();
    const change = { TopicName: "New", Introduction: "i", Notification: "n", FaceUrl: "f", CustomString: "c" };
    expect(await im.rest("modify_topic", { GroupId, TopicId, ...change, MuteAllMember: "On" })).toEqual(okay());
    const after = { ...before?.TopicInfo, ...change, MuteAllMember: "On" };
    expect(await read()).toEqual([{ ...before, TopicInfo: after }, other]);
    expect(await im.rest("modify_topic", { GroupId, TopicId, CustomString: "", MuteAllMember: "Off" })).toEqual(okay());
    expect(await read()).toMatchObject([{ TopicInfo: { ...after, CustomString: "", MuteAllMember: "Off" } }, {}]);
    expect(await im.rest("modify_topic", { GroupId, TopicId, MuteAllMember: true })).toEqual(
      refused(10004, "MuteAllMember"),
    );
  });

  it("keeps to the lengths", proves("rest:modify-topic:lengths"), async () => {
    const im = await start();
    await createTopics(im, "rules");
    for (const [field, bytes] of texts) {
      expect(await im.rest("modify_topic", { GroupId, TopicId, [field]: chinese(bytes) })).toEqual(okay());
      await im.told();
      expect(
        await im.rest("modify_topic", { GroupId, TopicId, MuteAllMember: "On", [field]: `${chinese(bytes)}a` }),
      ).toEqual(refused(10004, field));
      expect(await im.rest("get_topic", { GroupId })).toMatchObject({
        TopicAndSelfInfo: [{ TopicInfo: { [field]: chinese(bytes), MuteAllMember: "Off" } }],
      });
      expect(await im.told()).toEqual([]);
    }
    expect(await im.rest("modify_topic", { GroupId, TopicId, TopicName: "" })).toEqual(refused(10004, "TopicName"));
  });

  it("needs a topic of the community", proves("rest:modify-topic:codes"), async () => {
    const im = await start();
    await createTopics(im, "rules");
    expect(await im.rest("destroy_topic", { GroupId, TopicIdList: [TopicId] })).toMatchObject({ ErrorCode: 0 });
    await im.told();
    for (const gone of [TopicId, topicId("never")]) {
      expect(await im.rest("modify_topic", { GroupId, TopicId: gone, TopicName: "n" })).toEqual(
        refused(10010, "TopicId"),
      );
    }
    for (const odd of ["", "rules", topicId("rules", "@TGS#_other"), topicId("群")]) {
      expect(await im.rest("modify_topic", { GroupId, TopicId: odd, TopicName: "n" })).toEqual(
        refused(10015, "TopicId"),
      );
    }
    expect(await im.rest("modify_topic", { GroupId, TopicName: "n" })).toEqual(refused(10004, "TopicId"));
    expect(await im.told()).toEqual([]);
  });
});

describe("mutes in a topic", () => {
  const [rules, news] = [topicId("rules"), topicId("news")];

  async function withMembers(): Promise<Im> {
    const im = await start();
    await createTopics(im, "rules", "news");
    await im.rest("add_group_member", { GroupId, MemberList: accounts("bob", "peter") });
    await im.told();
    return im;
  }
  const mute = ({ rest }: Im, MuteTime: number, TopicId: string | undefined, ...Members_Account: string[]) =>
    rest("forbid_send_msg", { GroupId, TopicId, Members_Account, MuteTime });
  /** Expects who is muted in a topic, or in the whole community, and until when. */
  async function expectMuted({ rest }: Im, TopicId: string | undefined, muted: Readonly<Record<string, number>>) {
    const MutedAccountList = Object.entries(muted).map(([Member_Account, MutedUntil]) => ({
      Member_Account,
      MutedUntil,
    }));
    expect(await rest("get_group_muted_account", { GroupId, TopicId })).toEqual(ok({ GroupId, MutedAccountList }));
  }

  it(
    "hold there alone, until they run out or are lifted",
    proves("rest:forbid:topic", "rest:muted-list:topic", "rest:get-topic:self-info"),
    async () => {
      const im = await withMembers();
      expect(await mute(im, 60, rules, "peter", "bob")).toEqual(ok());
      expect(await mute(im, 4_294_967_295, news, "bob")).toEqual(ok());
      expect(await mute(im, 30, undefined, "peter")).toEqual(ok());
      await expectMuted(im, rules, { bob: NOW_S + 60, peter: NOW_S + 60 });
      await expectMuted(im, news, { bob: 4_294_967_295 });
      await expectMuted(im, undefined, { peter: NOW_S + 30 });
      expect(await im.members(GroupId)).toMatchObject({ bob: { MuteUntil: 0 }, peter: { MuteUntil: NOW_S + 30 } });

      for (const [From_Account, ends] of [
        ["bob", [NOW_S + 60, 4_294_967_295]],
        ["peter", [NOW_S + 60, 0]],
        ["leckie", [0, 0]],
        [undefined, [0, 0]],
      ] as const) {
        expect(await im.rest("get_topic", { GroupId, From_Account })).toMatchObject({
          TopicAndSelfInfo: ends.map((ShutUpTime) => ({ SelfInfo: { ShutUpTime } })),
        });
      }

      expect(
        await im.rest("forbid_send_msg", { GroupId, TopicId: rules, Members_Account: ["bob"], ShutUpTime: 0 }),
      ).toEqual(ok());
      await expectMuted(im, rules, { peter: NOW_S + 60 });
      im.clock.now += 60_000;
      await expectMuted(im, rules, {});
      await expectMuted(im, news, { bob: 4_294_967_295 });
      expect(await im.told()).toEqual([]);
    },
  );

  it("need a topic, and members", proves("rest:forbid:topic-codes"), async () => {
    const im = await withMembers();
    const plain = await im.create({ Type: "Public", MemberList: accounts("bob") });
    await unchanged(im, GroupId, async () => {
      for (const [code, groupId, TopicId] of [
        [10010, GroupId, topicId("none")],
        [10015, GroupId, "rules"],
        [10015, GroupId, topicId("rules", "@TGS#_other")],
        [10007, plain, topicId("rules", plain)],
      ] as const) {
        const body = { GroupId: groupId, TopicId };
        const field = code === 10007 ? "GroupId" : "TopicId";
        expect(await im.rest("forbid_send_msg", { ...body, Members_Account: ["bob"], MuteTime: 60 })).toEqual(
          refused(code, field),
        );
        expect(await im.rest("get_group_muted_account", body)).toEqual(refused(code, field));
      }
      expect(await mute(im, 60, rules, "bob", "alice")).toEqual(refused(10004, "alice"));
    });
    await expectMuted(im, rules, {});
  });

  it(
    "end with the topic, with the membership, and for whoever becomes the owner",
    proves("rest:forbid:topic-ends"),
    async () => {
      const im = await withMembers();
      for (const TopicId of [rules, news]) await mute(im, 60, TopicId, "bob", "peter");
      await im.rest("destroy_topic", { GroupId, TopicIdList: [rules] });
      await createTopics(im, "rules");
      await expectMuted(im, rules, {});
      await im.rest("delete_group_member", { GroupId, MemberToDel_Account: ["peter"] });
      await im.rest("add_group_member", { GroupId, MemberList: accounts("peter") });
      await expectMuted(im, news, { bob: NOW_S + 60 });
      await mute(im, 60, undefined, "bob");
      expect(await im.rest("change_group_owner", { GroupId, NewOwner_Account: "bob" })).toEqual(ok());
      await expectMuted(im, news, {});
      await expectMuted(im, undefined, {});
    },
  );

  it("are no bar to a text for the topic, which must be there", proves("rest:notification:topic-codes"), async () => {
    const im = await withMembers();
    const send = (TopicId: string, groupId = GroupId) =>
      im.rest("send_group_system_notification", { GroupId: groupId, Content: "Hello", TopicId });
    expect(await send(rules)).toEqual(ok());
    expect(await send(topicId("none"))).toEqual(refused(10010, "TopicId"));
    expect(await send("rules")).toEqual(refused(10015, "TopicId"));
    const plain = await im.create({ Type: "Public" });
    expect(await send(topicId("a", plain), plain)).toEqual(refused(10007, "GroupId"));
  });
});

describe("import_topic", () => {
  it("brings a topic in, in silence", proves("rest:import-topic:answer", "rest:import-group:silent"), async () => {
    const im = await start();
    await im.told();
    const CreateTime = NOW_S - 86_400;
    const TopicId = topicId("old");
    expect(
      await im.rest("import_topic", { GroupId, TopicId, TopicName: "Old", Type: "Community", CreateTime }),
    ).toEqual(ok({ TopicId }));
    expect(await im.rest("import_topic", { GroupId, TopicName: "New" })).toEqual(
      ok({ TopicId: expect.stringContaining("@TOPIC#_@TOPIC#c") }),
    );
    expect(await im.rest("get_topic", { GroupId })).toMatchObject({
      TopicAndSelfInfo: [
        { TopicInfo: { TopicName: "Old", CreateTime } },
        { TopicInfo: { TopicName: "New", CreateTime: NOW_S } },
      ],
    });
    expect(await im.told()).toEqual([]);
  });

  it(
    "refuses what cannot be brought in",
    proves("rest:import-topic:id-taken", "rest:import-topic:type", "rest:import-topic:future"),
    async () => {
      const im = await start();
      await createTopics(im, "a");
      const bring = (more: object) => im.rest("import_topic", { GroupId, TopicName: "n", ...more });
      expect(await bring({ TopicId: topicId("a") })).toEqual(refused(10021, "TopicId"));
      expect(await bring({ TopicId: "x" })).toEqual(refused(10004, "TopicId"));
      expect(await bring({ Type: "Public" })).toEqual(refused(10004, "Type"));
      expect(await bring({ CreateTime: NOW_S + 1 })).toEqual(refused(10004, "CreateTime"));
      expect(await bring({ TopicName: undefined })).toEqual(refused(10004, "TopicName"));
      expect(await names(im)).toEqual(["a"]);
    },
  );
});
