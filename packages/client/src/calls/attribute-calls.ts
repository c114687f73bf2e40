import { done, type Answer } from "./answer.ts";
import type { Ask } from "./ask.ts";

type Attributes = Readonly<Record<string, string>>;

/**
 * What can be done with a group's attributes: at most 16 keys of 32 bytes, values of 4000 bytes, 16000 bytes in all.
 * Who may change the group's profile may change them.
 */
export interface AttributeCalls {
  /** Replaces all attributes. */
  initGroupAttributes(options: {
    readonly groupID: string;
    readonly groupAttributes: Attributes;
  }): Promise<Answer<{ readonly groupAttributes: Attributes }>>;
  /** Adds attributes, and overwrites those that are there; answers with those that were given. */
  setGroupAttributes(options: {
    readonly groupID: string;
    readonly groupAttributes: Attributes;
  }): Promise<Answer<{ readonly groupAttributes: Attributes }>>;
  /** Deletes the named attributes, or all where none is named. */
  deleteGroupAttributes(options: {
    readonly groupID: string;
    readonly keyList?: readonly string[];
  }): Promise<Answer<{ readonly keyList: readonly string[] }>>;
  /** The named attributes as far as they are there, or all where none is named. */
  getGroupAttributes(options: {
    readonly groupID: string;
    readonly keyList?: readonly string[];
  }): Promise<Answer<{ readonly groupAttributes: Attributes }>>;
}

export function attributeCalls(ask: Ask): AttributeCalls {
  return {
    async initGroupAttributes({ groupID, groupAttributes }) {
      const { attributes } = await ask("setAttributes", { groupId: groupID, attributes: { ...groupAttributes } });
      return done({ groupAttributes: attributes });
    },
    async setGroupAttributes({ groupID, groupAttributes }) {
      await ask("modifyAttributes", { groupId: groupID, attributes: { ...groupAttributes } });
      return done({ groupAttributes });
    },
    async deleteGroupAttributes({ groupID, keyList = [] }) {
      if (keyList.length === 0) await ask("clearAttributes", { groupId: groupID });
      else await ask("deleteAttributes", { groupId: groupID, keys: [...keyList] });
      return done({ keyList });
    },
    async getGroupAttributes({ groupID, keyList = [] }) {
      const { attributes } = await ask("getAttributes", { groupId: groupID });
      const wanted = Object.entries(attributes).filter(([key]) => keyList.length === 0 || keyList.includes(key));
      return done({ groupAttributes: Object.fromEntries(wanted) });
    },
  };
}
