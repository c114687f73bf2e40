import type { ReactNode } from "react";

import type { PageProps } from "../page-props.ts";
import { usePlace } from "../../route/location.ts";
import { DeliveryPage } from "./delivery-page.tsx";
import { DeliverySearch } from "./delivery-search.tsx";

/** All deliveries of an app, or one of them. */
export function Deliveries({ app }: PageProps): ReactNode {
  const { item } = usePlace();
  return item !== undefined && /^\d+$/.test(item) ? (
    <DeliveryPage key={item} app={app} position={Number(item)} />
  ) : (
    <DeliverySearch app={app} />
  );
}
