/** The kind of plugin that the kubelet's DRA manager takes care of. */
export const draPluginType = "DRAPlugin";
